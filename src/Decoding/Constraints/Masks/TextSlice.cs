namespace Decant.Decoding;

/// <summary>The tokens that are text of a class and of none narrower.</summary>
internal sealed class TextSlice(ITokenVocabulary vocabulary, IReadOnlyCollection<int> shorts, IReadOnlyCollection<int> longs)
{
    /// <summary>The most code points of a short token.</summary>
    public const int MaxShort = 16;

    /// <summary>Tokens of at most <see cref="MaxShort"/> code points.</summary>
    public TokenTrie Short { get; } = new(vocabulary, shorts);

    /// <summary>The mask of <see cref="Short"/>.</summary>
    public ulong[] ShortMask { get; } = TokenMask.Of(shorts, vocabulary.Count);

    /// <summary>Tokens of more.</summary>
    public TokenTrie Long { get; } = new(vocabulary, longs);

    /// <summary>The mask of <see cref="Long"/>.</summary>
    public ulong[] LongMask { get; } = TokenMask.Of(longs, vocabulary.Count);
}
