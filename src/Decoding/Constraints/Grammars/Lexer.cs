namespace Decant.Decoding;

/// <summary>Reads bytes as terminals: a deterministic automaton that is made as far as it is used. Serves one caller at a time.</summary>
internal sealed class Lexer
{
    private const int MaxStates = 1_000_000;
    private readonly Grammar _grammar;
    private readonly Dictionary<LexerPart[], LexerState> _states = new(new PartsComparer());
    private readonly List<LexerPart> _parts = [];

    public Lexer(Grammar grammar) => (_grammar, Classes) = (grammar, grammar.Derivatives.Classes);

    /// <summary>The bytes that terminals tell apart.</summary>
    public ByteClasses Classes { get; }

    /// <summary>The state before the first byte of one of several terminals.</summary>
    /// <param name="terminals">Numbers, ascending.</param>
    public LexerState Start(IEnumerable<int> terminals)
    {
        _parts.Clear();
        foreach (var terminal in terminals) _parts.Add(new LexerPart(terminal, _grammar.Terminals[terminal]));
        return Find();
    }

    /// <summary>The state after a byte, or <see cref="LexerState.Dead"/>.</summary>
    public LexerState Next(LexerState state, byte value) => state.Next[Classes[value]] ?? Make(state, value);

    private LexerState Make(LexerState state, byte value)
    {
        _parts.Clear();
        foreach (var (terminal, rest) in state.Parts)
        {
            var left = _grammar.Derivatives.Derive(rest, value);
            if (!_grammar.Derivatives.IsEmpty(left)) _parts.Add(new LexerPart(terminal, left));
        }

        return state.Next[Classes[value]] = _parts.Count == 0 ? LexerState.Dead : Find();
    }

    private LexerState Find()
    {
        LexerPart[] parts = [.. _parts];
        if (_states.TryGetValue(parts, out var known)) return known;
        if (_states.Count == MaxStates) throw new ConstraintLimitException($"its patterns need more than {MaxStates:N0} states");
        return _states[parts] = new LexerState
        {
            Id = _states.Count,
            Parts = parts,
            Next = new LexerState?[Classes.Count],
            Ended = [.. parts.Where(part => part.Rest.IsNullable).Select(part => part.Terminal)],
            GoesOn = Array.Exists(parts, part => part.Rest.Kind != RegexKind.Empty),
        };
    }

    private sealed class PartsComparer : IEqualityComparer<LexerPart[]>
    {
        public bool Equals(LexerPart[]? x, LexerPart[]? y) => x.AsSpan().SequenceEqual(y);

        public int GetHashCode(LexerPart[] parts)
        {
            var hash = new HashCode();
            foreach (var part in parts) hash.Add(HashCode.Combine(part.Terminal, part.Rest.Id));
            return hash.ToHashCode();
        }
    }
}
