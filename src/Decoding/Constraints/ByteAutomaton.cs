namespace Decant.Decoding;

/// <summary>A deterministic automaton over bytes: which texts may be written. States are numbers that are not negative; 0 is the first. Immutable and safe for concurrent use.</summary>
internal abstract class ByteAutomaton
{
    /// <summary>What <see cref="Next"/> gives where a byte is refused.</summary>
    public const int Refused = -1;

    /// <summary>The state after a byte, or <see cref="Refused"/>.</summary>
    public abstract int Next(int state, byte value);

    /// <summary>Whether the text may end in a state.</summary>
    public abstract bool IsAccepting(int state);

    /// <summary>The bytes that it tells apart: all others are one to it. Fewer are faster.</summary>
    public virtual ByteSet Distinguished => ByteSet.All;

    /// <summary>Whether there may be states from which no text can come to an end; false where it is certain that there are none.</summary>
    public virtual bool HasDeadEnds => true;
}
