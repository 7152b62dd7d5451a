using System.Runtime.CompilerServices;
using System.Text;

namespace Decant.Decoding;

/// <summary>
/// A vocabulary's tokens in three parts: short runs of plain text, long ones, and the rest. Plain is what a JSON string holds as it is: every code point but control characters, quotation
/// mark and backslash. Where a constraint allows any plain text, most tokens need no look of their own. Immutable.
/// </summary>
internal sealed class VocabularySlices
{
    /// <summary>The most code points of a short run.</summary>
    public const int MaxShort = 16;

    private static readonly ConditionalWeakTable<ITokenVocabulary, VocabularySlices> _known = [];

    private VocabularySlices(ITokenVocabulary vocabulary)
    {
        Vocabulary = vocabulary;
        var lengths = new int[vocabulary.Count];
        for (var id = 0; id < lengths.Length; id++) lengths[id] = vocabulary.IsSpecial(id) || vocabulary.Bytes(id).IsEmpty ? -1 : PlainLength(vocabulary.Bytes(id));
        var ids = Enumerable.Range(0, lengths.Length);
        Short = new TokenTrie(vocabulary, ids.Where(id => lengths[id] is > 0 and <= MaxShort));
        Long = new TokenTrie(vocabulary, ids.Where(id => lengths[id] > MaxShort));
        Rest = new TokenTrie(vocabulary, ids.Where(id => lengths[id] == 0));
        Tries = [Short, Long, Rest];
        ShortMask = Mask(ids.Where(id => lengths[id] is > 0 and <= MaxShort), lengths.Length);
        LongMask = Mask(ids.Where(id => lengths[id] > MaxShort), lengths.Length);
        EndMask = Mask(vocabulary.EndOfTurn, lengths.Length);
    }

    public ITokenVocabulary Vocabulary { get; }

    /// <summary>Plain tokens of at most <see cref="MaxShort"/> code points.</summary>
    public TokenTrie Short { get; }

    /// <summary>Plain tokens of more.</summary>
    public TokenTrie Long { get; }

    /// <summary>All other tokens that have bytes and are not special.</summary>
    public TokenTrie Rest { get; }

    /// <summary>All three parts.</summary>
    public IReadOnlyList<TokenTrie> Tries { get; }

    /// <summary>Mask of the short plain tokens.</summary>
    public ulong[] ShortMask { get; }

    /// <summary>Mask of the long plain tokens.</summary>
    public ulong[] LongMask { get; }

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

    private static ulong[] Mask(IEnumerable<int> ids, int count)
    {
        var mask = new ulong[(count + 63) >> 6];
        foreach (var id in ids) mask[id >> 6] |= 1UL << (id & 63);
        return mask;
    }

    private static int PlainLength(ReadOnlySpan<byte> bytes)
    {
        var length = 0;
        while (!bytes.IsEmpty)
        {
            if (Rune.DecodeFromUtf8(bytes, out var rune, out var consumed) != System.Buffers.OperationStatus.Done || !PlainText.IsPlain(rune.Value)) return 0;
            bytes = bytes[consumed..];
            length++;
        }

        return length;
    }
}
