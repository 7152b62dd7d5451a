namespace Decant.Decoding;

/// <summary>Which terminals what was read since a row may belong to, and what is missing of each. A <see cref="Lexer"/> makes each only once.</summary>
internal sealed class LexerState
{
    /// <summary>Where a byte is refused.</summary>
    public static LexerState Dead { get; } = new() { Id = -1, Parts = [], Next = [], Ended = [] };

    public required int Id { get; init; }

    /// <summary>Terminals, ascending, with what has yet to come.</summary>
    public required LexerPart[] Parts { get; init; }

    /// <summary>The state after a byte, by its class; null where nobody has asked.</summary>
    public required LexerState?[] Next { get; init; }

    /// <summary>The terminals that may end here.</summary>
    public required int[] Ended { get; init; }

    /// <summary>Whether bytes may follow.</summary>
    public bool GoesOn { get; init; }

    /// <summary>What a vocabulary's tokens make of it, once known.</summary>
    public LexerMask? Mask { get; set; }
}

/// <summary>A terminal and what has yet to come of it.</summary>
internal readonly record struct LexerPart(int Terminal, ByteRegex Rest);
