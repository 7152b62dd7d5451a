namespace Decant.Decoding;

/// <summary>
/// AdaCAD: <see cref="ContextAwareOptions"/> whose weight at every token is the Jensen-Shannon divergence of the two distributions, so that it acts where passage and
/// memory are in conflict and does nothing where they agree.
/// </summary>
/// <remarks>Wang et al., "AdaCAD: Adaptively Decoding to Balance Conflicts between Contextual and Parametric Knowledge" (2024). Measured per row, before temperature.</remarks>
public sealed record AdaptiveContextAwareOptions : ContrastOptions
{
    /// <inheritdoc/>
    public override string Kind => "adaptive-context-aware";

    /// <summary>The least weight; 0 … 5. The paper takes 0 for questions and 0.3 for long summaries. Default: 0.</summary>
    public float MinAlpha { get; init; }

    /// <summary>The largest weight; <see cref="MinAlpha"/> … 5. Null: no limit but the divergence's own.</summary>
    public float? MaxAlpha { get; init; }

    /// <summary>The divergence's unit, which scales the weight. Default: <see cref="DivergenceBase.Natural"/>, as in the paper's code.</summary>
    public DivergenceBase DivergenceBase { get; init; }

    /// <inheritdoc cref="ContextAwareOptions.Context"/>
    public ValueList<string>? Context { get; init; }

    /// <inheritdoc/>
    public override void Validate()
    {
        Check(MinAlpha is >= 0 and <= 5, MinAlpha, nameof(MinAlpha), "from 0 to 5");
        Check(MaxAlpha is null || (MaxAlpha >= MinAlpha && MaxAlpha <= 5), MaxAlpha, nameof(MaxAlpha), $"from MinAlpha ({MinAlpha}) to 5, or null for no limit");
        Check(Enum.IsDefined(DivergenceBase), DivergenceBase, nameof(DivergenceBase), "Natural or Two");
    }

    /// <inheritdoc/>
    public override ILogitPolicy Compile(PlanContext context) => new LinearContrast(
        [BranchRequest.Target, ContextAwareOptions.WithoutContext(Context)],
        new DivergenceWeight(MinAlpha, MaxAlpha ?? float.PositiveInfinity, DivergenceBase == DivergenceBase.Two ? 1 / MathF.Log(2) : 1));
}

internal sealed class DivergenceWeight(float min, float max, float scale) : IContrastWeight
{
    public float At(ReadOnlySpan<float> positive, ReadOnlySpan<float> negative, RowScratch scratch, ref RowReport report)
    {
        var divergence = RowDivergence.JensenShannon(
            RowMath.Softmax(positive, scratch.Floats(0, positive.Length)), RowMath.Softmax(negative, scratch.Floats(1, negative.Length)));
        report.Divergence = divergence;
        return Math.Clamp(divergence * scale, min, max);
    }
}
