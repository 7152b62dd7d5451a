namespace Decant.Decoding;

/// <summary>
/// Proxy-tuning: gives a large model what tuning taught a small one, without touching the large one: z + α · (z(tuned) − z(untuned)), on raw logits. The small models
/// read the call's messages through their own chat templates.
/// </summary>
/// <remarks>Liu et al., "Tuning Language Models by Proxy" (2024). Two more sequences, of small models, per call.</remarks>
public sealed record ProxyTuningOptions : ContrastOptions
{
    /// <inheritdoc/>
    public override string Kind => "proxy-tuning";

    /// <summary>The registered tuned model; it must share the tokenizer.</summary>
    public string Expert { get; init; } = "";

    /// <summary>The registered model it was tuned from.</summary>
    public string AntiExpert { get; init; } = "";

    /// <summary>How strongly the difference counts; 0 … 4, 0 being plain decoding. Default: 1.</summary>
    public float Alpha { get; init; } = 1;

    /// <inheritdoc/>
    public override void Validate()
    {
        Check(Expert is { Length: > 0 }, Expert, nameof(Expert), "the name of a tuned model with the same tokenizer");
        Check(AntiExpert is { Length: > 0 }, AntiExpert, nameof(AntiExpert), "the name of the model that the expert was tuned from");
        Check(Alpha is >= 0 and <= 4, Alpha, nameof(Alpha), "from 0 to 4");
    }

    /// <inheritdoc/>
    public override ILogitPolicy Compile(PlanContext context) => Policy(Expert, AntiExpert, Alpha, null);

    internal static ILogitPolicy Policy(string expert, string antiExpert, float alpha, IPlausibility? plausibility) => new LinearContrast(
        [BranchRequest.Target, new("expert", expert, BranchPrompt.Same), new("anti_expert", antiExpert, BranchPrompt.Same)], new ConstantWeight(alpha), plausibility);
}
