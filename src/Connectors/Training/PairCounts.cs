namespace Decant.Connectors.Training;

/// <summary>How often each pair of neighbouring tokens occurs in a list of counted words, kept up to date while pairs are merged.</summary>
internal sealed class PairCounts
{
    private readonly List<(int[] Tokens, long Count)> _words;
    private readonly Dictionary<(int Left, int Right), long> _counts = [];
    private readonly Dictionary<(int Left, int Right), HashSet<int>> _places = [];

    // May hold counts that have changed since: those are dropped, or put back corrected, when they surface.
    private readonly PriorityQueue<(int Left, int Right), (long, int, int)> _queue = new();

    public PairCounts(IEnumerable<(int[] Tokens, long Count)> words)
    {
        _words = [.. words];
        for (var word = 0; word < _words.Count; word++) Count(word, 1, null);
        foreach (var pair in _counts.Keys) Enqueue(pair);
    }

    /// <summary>The most frequent pair, or null when none occurs <paramref name="minimum"/> times.</summary>
    public (int Left, int Right)? MostFrequent(int minimum)
    {
        while (_queue.TryDequeue(out var pair, out var priority))
        {
            var count = _counts.GetValueOrDefault(pair);
            if (count < minimum) continue;
            if (count == -priority.Item1) return pair;
            Enqueue(pair);
        }

        return null;
    }

    /// <summary>Replaces every occurrence of <paramref name="pair"/>, leftmost first, by <paramref name="token"/>.</summary>
    public void Merge((int Left, int Right) pair, int token)
    {
        if (!_places.Remove(pair, out var places)) return;
        var changed = new HashSet<(int, int)>();
        foreach (var word in places)
        {
            Count(word, -1, changed);
            _words[word] = (Replace(_words[word].Tokens, pair, token), _words[word].Count);
            Count(word, 1, changed);
        }

        foreach (var other in changed) Enqueue(other);
    }

    private static int[] Replace(int[] tokens, (int Left, int Right) pair, int token)
    {
        var result = new List<int>(tokens.Length);
        for (var i = 0; i < tokens.Length; i++)
        {
            var matches = i + 1 < tokens.Length && tokens[i] == pair.Left && tokens[i + 1] == pair.Right;
            result.Add(matches ? token : tokens[i]);
            if (matches) i++;
        }

        return [.. result];
    }

    private void Count(int word, int sign, HashSet<(int, int)>? changed)
    {
        var (tokens, count) = _words[word];
        for (var i = 0; i + 1 < tokens.Length; i++)
        {
            var pair = (tokens[i], tokens[i + 1]);
            _counts[pair] = _counts.GetValueOrDefault(pair) + sign * count;
            changed?.Add(pair);
            if (sign < 0) continue;
            if (!_places.TryGetValue(pair, out var places)) _places[pair] = places = [];
            places.Add(word);
        }
    }

    private void Enqueue((int Left, int Right) pair)
    {
        if (_counts.GetValueOrDefault(pair) is var count and > 0) _queue.Enqueue(pair, (-count, pair.Left, pair.Right));
    }
}
