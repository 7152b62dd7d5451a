namespace Decant.Decoding;

/// <summary>A branch ready to run: its prompt as tokens, and the sequence where it is not one of the target's model.</summary>
/// <param name="Prompt">Every token of the branch's prompt; at least one.</param>
/// <param name="Sequence">
/// A sequence of the branch's own model that holds a beginning of <paramref name="Prompt"/>, at most all but its last token; the caller owns it. Null for a branch of
/// the target's model: it begins as a fork of the target's sequence where the prompts part.
/// </param>
public sealed record BranchSource(ReadOnlyMemory<int> Prompt, ISequence? Sequence = null);
