namespace Decant.Decoding;

/// <summary>A deterministic automaton over bytes: which texts may be written. Immutable and safe for concurrent use.</summary>
internal abstract class ByteAutomaton
{
    /// <summary>What <see cref="Next"/> gives where a byte is refused.</summary>
    public const int Refused = -1;

    /// <summary>Number of states; they are 0 … <see cref="StateCount"/> − 1, and 0 is the first.</summary>
    public abstract int StateCount { get; }

    /// <summary>The state after a byte, or <see cref="Refused"/>.</summary>
    public abstract int Next(int state, byte value);

    /// <summary>Whether the text may end in a state.</summary>
    public abstract bool IsAccepting(int state);
}
