namespace Decant.Decoding;

/// <summary>Finds several byte strings in a stream: Aho and Corasick's automaton (1975). Immutable.</summary>
internal sealed class ByteMatcher
{
    private readonly List<int[]> _next = [new int[256]];
    private readonly List<int> _marks = [0];

    /// <param name="patterns">What to find; none is empty.</param>
    public ByteMatcher(IEnumerable<byte[]> patterns)
        : this(patterns.Select(pattern => (pattern, 1)))
    {
    }

    /// <param name="patterns">What to find, none empty, with bits that say which was found.</param>
    public ByteMatcher(IEnumerable<(byte[] Bytes, int Mark)> patterns)
    {
        foreach (var (pattern, mark) in patterns)
        {
            LongestLength = Math.Max(LongestLength, pattern.Length);
            var state = 0;
            foreach (var value in pattern)
            {
                if (_next[state][value] == 0)
                {
                    _next[state][value] = _next.Count;
                    _next.Add(new int[256]);
                    _marks.Add(0);
                }

                state = _next[state][value];
            }

            _marks[state] |= mark;
        }

        FollowFailures();
    }

    /// <summary>Number of states; 0 is the one where nothing has begun.</summary>
    public int StateCount => _next.Count;

    /// <summary>Length of the longest pattern.</summary>
    public int LongestLength { get; }

    /// <summary>Reads bytes.</summary>
    /// <param name="state">The state before them.</param>
    /// <param name="bytes">The bytes.</param>
    /// <param name="found">Whether a pattern ends in them.</param>
    /// <returns>The state after them.</returns>
    public int Run(int state, ReadOnlySpan<byte> bytes, out bool found)
    {
        found = false;
        foreach (var value in bytes)
        {
            state = _next[state][value];
            found |= _marks[state] != 0;
        }

        return state;
    }

    /// <summary>The state after a byte.</summary>
    public int Next(int state, byte value) => _next[state][value];

    /// <summary>The bits of all patterns that end in a state; 0 where none does.</summary>
    public int Marks(int state) => _marks[state];

    // Where no pattern goes on with a byte, the state of the longest suffix that one does go on from takes over. Breadth first, so that suffixes are done before.
    private void FollowFailures()
    {
        var failures = new int[_next.Count];
        var queue = new Queue<int>(_next[0].Where(state => state != 0));
        while (queue.TryDequeue(out var state))
        {
            var fallback = _next[failures[state]];
            _marks[state] |= _marks[failures[state]];
            for (var value = 0; value < 256; value++)
            {
                ref var next = ref _next[state][value];
                if (next == 0)
                {
                    next = fallback[value];
                    continue;
                }

                failures[next] = fallback[value];
                queue.Enqueue(next);
            }
        }
    }
}
