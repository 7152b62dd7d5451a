namespace Decant.Decoding;

/// <summary>A deterministic automaton over bytes: which texts may be written. States are numbers that are not negative; 0 is the first. Immutable and safe for concurrent use.</summary>
internal abstract class ByteAutomaton
{
    /// <summary>What <see cref="Next"/> gives where a byte is refused.</summary>
    public const int Refused = -1;

    /// <summary>Sets of bytes such that bytes which are in the same of them are always read alike; null where any two bytes may differ.</summary>
    public virtual IReadOnlyList<ByteSet>? Sets => null;

    /// <summary>The state after a byte, or <see cref="Refused"/>.</summary>
    public abstract int Next(int state, byte value);

    /// <summary>Whether the text may end in a state.</summary>
    public abstract bool IsAccepting(int state);
}
