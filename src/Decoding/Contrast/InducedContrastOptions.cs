namespace Decant.Decoding;

/// <summary>
/// Induce-then-contrast decoding: subtracts what a model tuned to hallucinate, or the same model told to, would say: β · ln p − ln p(induced), among tokens that are
/// plausible to the model itself.
/// </summary>
/// <remarks>
/// Zhang et al., "Alleviating Hallucinations of Large Language Models through Induced Hallucinations" (2023). Without the plausibility bound tokens that both find
/// impossible can outrank good ones.
/// </remarks>
public sealed record InducedContrastOptions : ContrastOptions
{
    /// <inheritdoc/>
    public override string Kind => "induced-contrast";

    /// <summary>The registered model that hallucinates; it must share the tokenizer. Null: the same model reads <see cref="NegativeSystemPrompt"/>.</summary>
    public string? NegativeModel { get; init; }

    /// <summary>A system message that makes the model hallucinate, in place of the call's. Null: <see cref="NegativeModel"/> does.</summary>
    public string? NegativeSystemPrompt { get; init; }

    /// <summary>β, how much the model itself counts beside the induced one; 0 … 10. Default: 1.</summary>
    public float Beta { get; init; } = 1;

    /// <summary>The fraction of the likeliest token's probability that a token must reach; 0 (off, for scoring given answers) … 1. Default: 0.1.</summary>
    public float Plausibility { get; init; } = 0.1f;

    /// <inheritdoc/>
    public override void Validate()
    {
        Check(string.IsNullOrEmpty(NegativeModel) != string.IsNullOrEmpty(NegativeSystemPrompt), NegativeModel, nameof(NegativeModel),
            "the name of a model that hallucinates, or null where NegativeSystemPrompt says how to: give one of the two");
        Check(Beta is >= 0 and <= 10, Beta, nameof(Beta), "from 0 to 10");
        Check(Plausibility is >= 0 and <= 1, Plausibility, nameof(Plausibility), "from 0 to 1");
    }

    /// <inheritdoc/>
    public override ILogitPolicy Compile(PlanContext context)
    {
        var induced = NegativeModel is { Length: > 0 } model
            ? new BranchRequest("induced", model, BranchPrompt.Same)
            : new BranchRequest("induced", null, new BranchPrompt.SystemMessage(NegativeSystemPrompt));
        return new LogProbContrast(induced, Beta, -1, plausibility: new PlausibleFraction(Plausibility));
    }
}
