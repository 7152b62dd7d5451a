using System.Runtime.InteropServices;

namespace Decant.Decoding;

/// <summary>Reads bytes as terminals: a deterministic automaton that is made as far as it is used. Serves one caller at a time.</summary>
internal sealed class Lexer
{
    private const int MaxStates = 1_000_000;
    private readonly Grammar _grammar;
    private readonly HashSet<LexerState>.AlternateLookup<ReadOnlySpan<LexerPart>> _states = new HashSet<LexerState>(new PartsComparer()).GetAlternateLookup<ReadOnlySpan<LexerPart>>();
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
        if (_states.TryGetValue(CollectionsMarshal.AsSpan(_parts), out var known)) return known;
        if (_states.Set.Count == MaxStates) throw new ConstraintLimitException($"its patterns need more than {MaxStates:N0} states");
        var state = new LexerState
        {
            Id = _states.Set.Count,
            Parts = [.. _parts],
            Next = new LexerState?[Classes.Count],
            Ended = [.. _parts.Where(part => part.Rest.IsNullable).Select(part => part.Terminal)],
            GoesOn = _parts.Exists(part => part.Rest.Kind != RegexKind.Empty),
        };
        _states.Set.Add(state);
        return state;
    }

    private sealed class PartsComparer : IEqualityComparer<LexerState>, IAlternateEqualityComparer<ReadOnlySpan<LexerPart>, LexerState>
    {
        public bool Equals(LexerState? x, LexerState? y) => ReferenceEquals(x, y);

        public bool Equals(ReadOnlySpan<LexerPart> alternate, LexerState other) => alternate.SequenceEqual(other.Parts);

        public int GetHashCode(LexerState state) => GetHashCode(state.Parts);

        public int GetHashCode(ReadOnlySpan<LexerPart> parts)
        {
            var hash = 0;
            foreach (var part in parts) hash = HashCode.Combine(hash, part.Terminal, part.Rest.Id);
            return hash;
        }

        public LexerState Create(ReadOnlySpan<LexerPart> alternate) => throw new NotSupportedException("A state has a number, which its lexer gives it.");
    }
}
