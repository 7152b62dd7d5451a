namespace Decant.Decoding;

/// <summary>
/// Context-aware decoding: trusts the call's documents over what the model remembers, by moving away from what it would say without them:
/// (1 + α) · z(with) − α · z(without), on raw logits. One more row per token in the target's own batch.
/// </summary>
/// <remarks>
/// Shi et al., "Trusting Your Evidence: Hallucinate Less with Context-aware Decoding" (2023). Where passage and memory agree it exaggerates; see
/// <see cref="AdaptiveContextAwareOptions"/>. The question and the instructions stay in both prompts, or the contrast would be one of form.
/// </remarks>
public sealed record ContextAwareOptions : ContrastOptions
{
    /// <inheritdoc/>
    public override string Kind => "context-aware";

    /// <summary>How strongly to move; 0 … 5, 0 being plain decoding. Default: 0.5.</summary>
    public float Alpha { get; init; } = 0.5f;

    /// <summary>Passages that are written in the messages and are to be left out of the contrasted prompt, exactly as they stand there. Null: the call's documents are left out.</summary>
    public ValueList<string>? Context { get; init; }

    /// <inheritdoc/>
    public override void Validate() => Check(Alpha is >= 0 and <= 5, Alpha, nameof(Alpha), "from 0 to 5");

    /// <inheritdoc/>
    public override ILogitPolicy Compile(PlanContext context) => new LinearContrast([BranchRequest.Target, WithoutContext(Context)], new ConstantWeight(Alpha));

    internal static BranchRequest WithoutContext(ValueList<string>? context) => new("without_context", null, new BranchPrompt.WithoutContext(context ?? []));
}
