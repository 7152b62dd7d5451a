namespace Decant.Decoding;

/// <summary>Every run of tokens that occurs in a text, in linear space, with where it first and last ended: finds what the text's end repeats in constant time per token (Blumer et al. 1985).</summary>
internal sealed class SuffixAutomaton
{
    private const int MaxLinks = 64;
    private readonly Dictionary<(int State, int Token), int> _next = [];
    private readonly List<Node> _nodes = [new Node(0, -1, -1)];
    private readonly List<int> _tokens = [];
    private int _last;

    /// <summary>The text.</summary>
    public IReadOnlyList<int> Tokens => _tokens;

    /// <summary>The text from a token on, at most so many.</summary>
    public ReadOnlySpan<int> Behind(int from, int most) => System.Runtime.InteropServices.CollectionsMarshal.AsSpan(_tokens)[from..Math.Min(_tokens.Count, from + most)];

    /// <summary>The longest end of the text that occurs earlier in it.</summary>
    public Match Repeated => Shorter(new Match(_last, _tokens.Count));

    /// <summary>Appends a token.</summary>
    public void Add(int token)
    {
        // Where the runs that end here ended before was of use until now.
        // In a text that repeats one token the chain is as long as the text: a few links are enough, and what is left behind still is an occurrence.
        var state = _last;
        for (var links = 0; state > 0 && links < MaxLinks; state = _nodes[state].Link, links++) _nodes[state].LastEnd = _tokens.Count - 1;
        var position = _tokens.Count;
        _tokens.Add(token);
        var added = New(_nodes[_last].Length + 1, position);
        var from = _last;
        _last = added;
        for (; from >= 0 && _next.TryAdd((from, token), added); from = _nodes[from].Link) _nodes[from].Edges.Add(token);
        if (from < 0) return;
        var target = _next[(from, token)];
        _nodes[added].Link = _nodes[target].Length == _nodes[from].Length + 1 ? target : Split(from, token, target);
    }

    /// <summary>The longest run that ends with a token and continues a match, or a shorter end of it.</summary>
    public Match Follow(Match match, int token)
    {
        while (true)
        {
            if (_next.TryGetValue((match.State, token), out var state)) return new Match(state, match.Length + 1);
            if (match.State == 0) return default;
            match = Shorter(match);
        }
    }

    /// <summary>A match cut to its last <paramref name="length"/> tokens.</summary>
    public Match Shorten(Match match, int length)
    {
        if (match.Length <= length) return match;
        var state = match.State;
        while (state > 0 && _nodes[_nodes[state].Link].Length >= length) state = _nodes[state].Link;
        return new Match(state, length);
    }

    /// <summary>The longest end of a match that occurs elsewhere too.</summary>
    public Match Shorter(Match match) => match.State == 0 ? default : new Match(_nodes[match.State].Link, _nodes[_nodes[match.State].Link].Length);

    /// <summary>Where a match first ended in the text: the index of its last token.</summary>
    public int FirstEnd(Match match) => _nodes[match.State].FirstEnd;

    /// <summary>Where it last ended before the text's own end.</summary>
    public int LastEnd(Match match) => _nodes[match.State].LastEnd;

    private int Split(int from, int token, int target)
    {
        var clone = New(_nodes[from].Length + 1, _nodes[target].FirstEnd);
        (_nodes[clone].Link, _nodes[clone].LastEnd) = (_nodes[target].Link, _nodes[target].LastEnd);
        foreach (var edge in _nodes[target].Edges)
        {
            _next[(clone, edge)] = _next[(target, edge)];
            _nodes[clone].Edges.Add(edge);
        }

        _nodes[target].Link = clone;
        for (; from >= 0 && _next.TryGetValue((from, token), out var old) && old == target; from = _nodes[from].Link) _next[(from, token)] = clone;
        return clone;
    }

    private int New(int length, int end)
    {
        _nodes.Add(new Node(length, 0, end));
        return _nodes.Count - 1;
    }

    /// <summary>A run that occurs in the text.</summary>
    /// <param name="State">Where it is in the automaton.</param>
    /// <param name="Length">How many tokens it has; 0 for none.</param>
    public readonly record struct Match(int State, int Length);

    private sealed class Node(int length, int link, int end)
    {
        public int Length { get; } = length;

        public int Link { get; set; } = link;

        public int FirstEnd { get; } = end;

        public int LastEnd { get; set; } = end;

        public List<int> Edges { get; } = new(1);
    }
}
