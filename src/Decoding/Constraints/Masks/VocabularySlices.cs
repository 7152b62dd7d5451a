using System.Runtime.CompilerServices;

namespace Decant.Decoding;

/// <summary>
/// A vocabulary's tokens in parts: those that are text of a <see cref="TextClass"/>, by class, and the rest. Where a constraint allows any text of a class, its tokens need no look of their own, and they are
/// most of every vocabulary (as llguidance does). Immutable.
/// </summary>
internal sealed class VocabularySlices
{
    private static readonly ConditionalWeakTable<ITokenVocabulary, VocabularySlices> _known = [];

    private VocabularySlices(ITokenVocabulary vocabulary)
    {
        Vocabulary = vocabulary;
        Words = TokenMask.Words(vocabulary.Count);
        EndMask = TokenMask.Of(vocabulary.EndOfTurn, vocabulary.Count);
        var (shorts, longs, rest) = (Lists(), Lists(), new List<int>());
        for (var id = 0; id < vocabulary.Count; id++)
        {
            if (vocabulary.IsSpecial(id) || vocabulary.Bytes(id).IsEmpty) continue;
            var (narrowest, length) = (TextClass.All.Count - 1, 0);
            while (narrowest >= 0 && (length = TextClass.All[narrowest].Length(vocabulary.Bytes(id))) == 0) narrowest--;
            (narrowest < 0 ? rest : length <= TextSlice.MaxShort ? shorts[narrowest] : longs[narrowest]).Add(id);
        }

        Texts = [.. shorts.Zip(longs, (few, many) => new TextSlice(vocabulary, few, many))];
        Tries = [.. Texts.SelectMany(slice => new[] { slice.Short, slice.Long }), new TokenTrie(vocabulary, rest)];
    }

    public ITokenVocabulary Vocabulary { get; }

    /// <summary>Length of a mask, in words of 64 tokens.</summary>
    public int Words { get; }

    /// <summary>The tokens of each of <see cref="TextClass.All"/>.</summary>
    public IReadOnlyList<TextSlice> Texts { get; }

    /// <summary>All tokens that have bytes and are not special: short and long ones of <see cref="Texts"/>, and the rest.</summary>
    public IReadOnlyList<TokenTrie> Tries { get; }

    /// <summary>Mask of the tokens that end the turn.</summary>
    public ulong[] EndMask { get; }

    /// <summary>The parts of a vocabulary, made once for each.</summary>
    public static VocabularySlices Of(ITokenVocabulary vocabulary) => _known.GetValue(vocabulary, static vocabulary => new VocabularySlices(vocabulary));

    /// <summary>The longest token that bytes begin with, or −1.</summary>
    public int Longest(ReadOnlySpan<byte> bytes)
    {
        var longest = -1;
        foreach (var trie in Tries)
        {
            var token = trie.Longest(bytes);
            if (token >= 0 && (longest < 0 || Vocabulary.Bytes(token).Length > Vocabulary.Bytes(longest).Length)) longest = token;
        }

        return longest;
    }

    private static List<int>[] Lists() => [.. TextClass.All.Select(_ => new List<int>())];
}
