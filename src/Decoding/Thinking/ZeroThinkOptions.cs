namespace Decant.Decoding;

/// <summary>No reasoning: it is opened and closed before the model says anything (ZeroThink of SafeChain; Jiang and others, 2025).</summary>
/// <remarks>Between the marks there is <see cref="ThinkingOptions.Inside"/> and nothing else.</remarks>
public sealed record ZeroThinkOptions : ThinkingOptions
{
    /// <inheritdoc/>
    public override string Kind => "zero-think";

    /// <inheritdoc/>
    public override ThinkingScript Compile(PlanContext context) => new() { Text = "" };
}
