namespace Decant.Decoding;

/// <summary>
/// Contrastive decoding: amplifies what the model knows beyond a smaller one, the amateur: ln p − s · ln p(amateur, at temperature τ), among tokens that are plausible to
/// the model itself.
/// </summary>
/// <remarks>
/// Li et al., "Contrastive Decoding: Open-ended Text Generation as Optimization" (2022). Without the plausibility bound rare tokens explode, so it is on by default. The
/// amateur does not run for a token that the bound leaves no choice of.
/// </remarks>
public sealed record AmateurContrastOptions : ContrastOptions
{
    /// <inheritdoc/>
    public override string Kind => "amateur";

    /// <summary>The registered model that is the amateur; it must share the tokenizer.</summary>
    public string Model { get; init; } = "";

    /// <summary>s, how strongly the amateur counts; 0 … 5. Default: 1.</summary>
    public float Coefficient { get; init; } = 1;

    /// <summary>τ, the amateur's temperature; above 0. The paper takes 0.5 for GPT-2 and 1 for OPT. Default: 0.5.</summary>
    public float Temperature { get; init; } = 0.5f;

    /// <summary>The fraction of the likeliest token's probability that a token must reach; 0 (off) … 1. Default: 0.1.</summary>
    public float Plausibility { get; init; } = 0.1f;

    /// <summary>Whether the amateur reads only the prompt's last token, so that it knows nothing of the question. Default: false.</summary>
    public bool IgnorePrompt { get; init; }

    /// <inheritdoc/>
    public override void Validate()
    {
        Check(Model is { Length: > 0 }, Model, nameof(Model), "the name of a smaller model with the same tokenizer");
        Check(Coefficient is >= 0 and <= 5, Coefficient, nameof(Coefficient), "from 0 to 5");
        Check(Temperature > 0 && float.IsFinite(Temperature), Temperature, nameof(Temperature), "a finite number above 0");
        Check(Plausibility is >= 0 and <= 1, Plausibility, nameof(Plausibility), "from 0 to 1");
    }

    /// <inheritdoc/>
    public override ILogitPolicy Compile(PlanContext context) => new LogProbContrast(
        new BranchRequest("amateur", Model, IgnorePrompt ? BranchPrompt.LastToken : BranchPrompt.Same), 1, -Coefficient, Temperature, new PlausibleFraction(Plausibility));
}
