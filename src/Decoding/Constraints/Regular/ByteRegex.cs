namespace Decant.Decoding;

/// <summary>
/// A regular language over bytes, as a node that one <see cref="RegexPool"/> made: two nodes of a pool are the same object if they were made alike, so
/// languages that come from each other by reading a byte (<see cref="RegexDerivatives"/>) are found again.
/// </summary>
internal sealed class ByteRegex
{
    public required RegexKind Kind { get; init; }

    /// <summary>Its number in the pool, in the order of making.</summary>
    public int Id { get; init; }

    /// <summary>For <see cref="RegexKind.Bytes"/>: the bytes.</summary>
    public ByteSet Set { get; init; }

    /// <summary>Two in order for <see cref="RegexKind.Concat"/>, ascending by <see cref="Id"/> for <see cref="RegexKind.Or"/> and <see cref="RegexKind.And"/>, one for the others that have any.</summary>
    public ByteRegex[] Parts { get; init; } = [];

    /// <summary>For <see cref="RegexKind.Repeat"/>: the fewest times. For <see cref="RegexKind.Automaton"/>: the state.</summary>
    public int Min { get; init; }

    /// <summary>For <see cref="RegexKind.Repeat"/>: the most times; <see cref="int.MaxValue"/> for any number.</summary>
    public int Max { get; init; }

    /// <summary>For <see cref="RegexKind.Automaton"/>: the automaton.</summary>
    public ByteAutomaton? Automaton { get; init; }

    /// <summary>Whether the empty text belongs to it.</summary>
    public bool IsNullable { get; init; }

    /// <summary>How many nodes are read inside one another.</summary>
    public int Depth { get; init; }

    /// <summary>Whether it may be a language without texts without being <see cref="RegexKind.Nothing"/>; <see cref="RegexDerivatives.IsEmpty"/> finds out.</summary>
    public bool MayBeEmpty { get; init; }

    /// <summary>Whether it has texts, once found out.</summary>
    public bool? KnownEmpty { get; set; }
}

/// <summary>What a <see cref="ByteRegex"/> is made of.</summary>
internal enum RegexKind
{
    /// <summary>No text.</summary>
    Nothing,

    /// <summary>The empty text.</summary>
    Empty,

    /// <summary>One byte of a set.</summary>
    Bytes,

    /// <summary>One after the other.</summary>
    Concat,

    /// <summary>Any of several.</summary>
    Or,

    /// <summary>All of several at once.</summary>
    And,

    /// <summary>Every sequence of bytes that another does not have.</summary>
    Not,

    /// <summary>The same several times.</summary>
    Repeat,

    /// <summary>What an automaton accepts from a state on.</summary>
    Automaton,
}
