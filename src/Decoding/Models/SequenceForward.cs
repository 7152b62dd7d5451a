namespace Decant.Decoding;

/// <summary>One sequence's part of a batched forward.</summary>
/// <param name="Sequence">The sequence to extend.</param>
/// <param name="Input">The rows to append to it.</param>
public readonly record struct SequenceForward(ISequence Sequence, ForwardInput Input);
