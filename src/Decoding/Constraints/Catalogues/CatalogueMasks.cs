using System.Collections.Concurrent;

namespace Decant.Decoding;

/// <summary>Which tokens of a vocabulary may follow within a catalogue. Safe for concurrent use.</summary>
internal sealed class CatalogueMasks(Catalogue catalogue, VocabularySlices slices)
{
    // Few ranges are wide, and those are met in every request.
    private const int WideFrom = 1024;
    private const int MaxKept = 1024;
    private readonly ConcurrentDictionary<CatalogueRange, ulong[]> _wide = new();

    public Catalogue Catalogue => catalogue;

    /// <summary>Clears the bits of tokens that no item of a range goes on with, of those beyond the vocabulary too.</summary>
    public void Fill(CatalogueRange range, Span<ulong> mask) => TokenMask.Restrict(mask, Allowed(range));

    /// <summary>The items that are left after a token; empty where it may not follow. An end-of-turn token is not one of them.</summary>
    public CatalogueRange Next(CatalogueRange range, int token)
    {
        if ((uint)token >= (uint)slices.Vocabulary.Count || slices.Vocabulary.IsSpecial(token) || slices.Vocabulary.Bytes(token).IsEmpty) return default;
        foreach (var value in slices.Vocabulary.Bytes(token))
        {
            if (range.IsEmpty) break;
            range = catalogue.Narrow(range, value);
        }

        return range;
    }

    public bool IsEnd(int token) => (uint)token < (uint)slices.Vocabulary.Count && TokenMask.Contains(slices.EndMask, token);

    /// <summary>The tokens of what all items of a range go on with, the longest first. The last one is left out where items part behind it, for it may belong to a longer one.</summary>
    public int[] Forced(CatalogueRange range)
    {
        var first = catalogue.Item(range.Low);
        var certain = catalogue.EndsAt(range) ? 0 : first[range.Depth..].CommonPrefixLength(catalogue.Item(range.High - 1)[range.Depth..]);
        var rest = first.Slice(range.Depth, certain);
        List<int> tokens = [];
        while (!rest.IsEmpty && slices.Longest(rest) is >= 0 and var token)
        {
            tokens.Add(token);
            rest = rest[slices.Vocabulary.Bytes(token).Length..];
        }

        if (tokens.Count > 0 && range.High - range.Low > 1) tokens.RemoveAt(tokens.Count - 1);
        return [.. tokens];
    }

    private ulong[] Allowed(CatalogueRange range)
    {
        if (range.High - range.Low < WideFrom) return Make(range);
        if (_wide.TryGetValue(range, out var known)) return known;
        if (_wide.Count >= MaxKept) _wide.Clear();
        return _wide[range] = Make(range);
    }

    private ulong[] Make(CatalogueRange range)
    {
        var mask = catalogue.EndsAt(range) ? [.. slices.EndMask] : new ulong[slices.Words];
        foreach (var trie in slices.Tries) Walk(trie, range, mask);
        return mask;
    }

    private void Walk(TokenTrie trie, CatalogueRange start, ulong[] mask)
    {
        List<CatalogueRange> path = [start];
        for (var node = 0; node < trie.Count;)
        {
            var depth = trie.Depth(node);
            path.RemoveRange(depth, path.Count - depth);
            var range = catalogue.Narrow(path[^1], trie.Byte(node));
            if (range.IsEmpty)
            {
                node = trie.End(node);
                continue;
            }

            trie.Mark(node++, mask);
            path.Add(range);
        }
    }
}
