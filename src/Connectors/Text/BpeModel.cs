using System.Collections.Concurrent;
using System.Text;

namespace Decant.Connectors.Text;

/// <summary>Byte-pair encoding: merges the adjacent pair of lowest rank, leftmost first, until none is left.</summary>
internal sealed class BpeModel : ITokenModel
{
    private const int CachedWords = 20_000;
    private const int LongestCachedWord = 32;

    private readonly Dictionary<string, int> _vocabulary;
    private readonly Dictionary<(int Left, int Right), (int Rank, int Id)> _merges;
    private readonly int? _unknown;
    private readonly bool _fuseUnknown;
    private readonly bool _ignoreMerges;
    private readonly int[]? _byteTokens;
    private readonly ConcurrentDictionary<string, int[]> _cache = new(StringComparer.Ordinal);

    /// <param name="vocabulary">Token to id.</param>
    /// <param name="merges">Pairs in order of rank.</param>
    /// <param name="unknown">Id for characters without a token; without one they are dropped.</param>
    /// <param name="fuseUnknown">Whether adjacent unknown characters make one unknown token.</param>
    /// <param name="byteFallback">Whether characters without a token become tokens named &lt;0xXX&gt;.</param>
    /// <param name="ignoreMerges">Whether a word that is a token is that token, whatever the merges say.</param>
    public BpeModel(
        Dictionary<string, int> vocabulary, IEnumerable<(string Left, string Right, int Rank)> merges, int? unknown, bool fuseUnknown, bool byteFallback, bool ignoreMerges)
    {
        (_vocabulary, _unknown, _fuseUnknown, _ignoreMerges) = (vocabulary, unknown, fuseUnknown, ignoreMerges);
        _merges = [];
        foreach (var (left, right, rank) in merges)
        {
            if (!vocabulary.TryGetValue(left, out var l) || !vocabulary.TryGetValue(right, out var r) || !vocabulary.TryGetValue(left + right, out var merged))
                throw new FormatException($"the merge of '{left}' and '{right}' names a token that is not in the vocabulary");
            _merges.TryAdd((l, r), (rank, merged));
        }

        if (!byteFallback) return;
        var bytes = Enumerable.Range(0, 256).Select(b => vocabulary.TryGetValue($"<0x{b:X2}>", out var id) ? id : -1).ToArray();
        if (!bytes.Contains(-1)) _byteTokens = bytes;
    }

    public void Encode(string word, List<int> ids)
    {
        if (_ignoreMerges && _vocabulary.TryGetValue(word, out var whole))
        {
            ids.Add(whole);
            return;
        }

        if (word.Length > LongestCachedWord)
        {
            Merge(Symbols(word), ids);
            return;
        }

        if (!_cache.TryGetValue(word, out var known))
        {
            var fresh = new List<int>();
            Merge(Symbols(word), fresh);
            known = [.. fresh];
            if (_cache.Count < CachedWords) _cache.TryAdd(word, known);
        }

        ids.AddRange(known);
    }

    private List<int> Symbols(string word)
    {
        var symbols = new List<int>(word.Length);
        var lookup = _vocabulary.GetAlternateLookup<ReadOnlySpan<char>>();
        Span<byte> utf8 = stackalloc byte[4];
        var lastWasUnknown = false;
        for (var i = 0; i < word.Length;)
        {
            var length = char.IsSurrogatePair(word, i) ? 2 : 1;
            var character = word.AsSpan(i, length);
            i += length;
            if (lookup.TryGetValue(character, out var id))
            {
                symbols.Add(id);
                lastWasUnknown = false;
            }
            else if (_byteTokens is not null)
            {
                var count = Encoding.UTF8.GetBytes(character, utf8);
                for (var b = 0; b < count; b++) symbols.Add(_byteTokens[utf8[b]]);
            }
            else if (_unknown is { } unknown)
            {
                if (!(lastWasUnknown && _fuseUnknown)) symbols.Add(unknown);
                lastWasUnknown = true;
            }
        }

        return symbols;
    }

    // A linked list of symbols and a heap of candidate merges: n log n, also for a word of a megabyte.
    private void Merge(List<int> symbols, List<int> output)
    {
        var count = symbols.Count;
        var next = new int[count];
        var previous = new int[count];
        for (var i = 0; i < count; i++) (next[i], previous[i]) = (i + 1 < count ? i + 1 : -1, i - 1);
        var heap = new PriorityQueue<(int Position, int Left, int Right, int Id), (int Rank, int Position)>();

        void Consider(int position)
        {
            if (position < 0 || next[position] < 0) return;
            var (left, right) = (symbols[position], symbols[next[position]]);
            if (_merges.TryGetValue((left, right), out var merge)) heap.Enqueue((position, left, right, merge.Id), (merge.Rank, position));
        }

        for (var i = 0; i < count; i++) Consider(i);
        while (heap.TryDequeue(out var candidate, out _))
        {
            var (position, left, right, id) = candidate;
            // Stale when either symbol has been merged into another one meanwhile.
            if (symbols[position] != left || next[position] < 0 || symbols[next[position]] != right) continue;
            var removed = next[position];
            symbols[position] = id;
            symbols[removed] = -1;
            next[position] = next[removed];
            if (next[position] >= 0) previous[next[position]] = position;
            Consider(previous[position]);
            Consider(position);
        }

        for (var i = 0; i >= 0 && i < count; i = next[i]) output.Add(symbols[i]);
    }
}
