namespace Decant.Decoding;

/// <summary>A prompt whose last tokens are decoded once more; see <see cref="TokenHealingOptions"/>.</summary>
/// <param name="Plan">The plan to decode with after the shorter prompt.</param>
/// <param name="TokenCount">How many tokens to leave out at the prompt's end; 0 where there is nothing to heal.</param>
/// <param name="ByteCount">How many bytes of the generated text belong to the prompt.</param>
public readonly record struct HealedPrompt(DecodingPlan Plan, int TokenCount, int ByteCount);
