namespace Decant.Decoding;

/// <summary>
/// Leading-query contrastive decoding: answers a question as if it had been asked neutrally, moving away from what the question as it was asked ("Isn't it true
/// that …?") leads to: (1 + α) · z(neutral) − α · z(asked), among tokens that are plausible to the neutral branch.
/// </summary>
/// <remarks>
/// The call decodes the neutral question: give it (<see cref="NeutralQuery"/>) or name who rewrites the question (<see cref="Neutralizer"/>). A rewrite may lose facts
/// that the question states; the response therefore shows it.
/// </remarks>
public sealed record LeadingQueryOptions : ContrastOptions
{
    /// <inheritdoc/>
    public override string Kind => "leading-query";

    /// <summary>How strongly to move; 0 … 5, 0 being plain decoding of the neutral question. Default: 1.</summary>
    public float Alpha { get; init; } = 1;

    /// <summary>The fraction of the likeliest token's probability that a token must reach on the neutral branch; 0 (off) … 1. Default: 0.1.</summary>
    public float Plausibility { get; init; } = 0.1f;

    /// <summary>The neutral form of the last user message. Null: <see cref="Neutralizer"/> writes it.</summary>
    public string? NeutralQuery { get; init; }

    /// <summary>The registered chat client (another than the one that is called) that rewrites the last user message neutrally. Null: <see cref="NeutralQuery"/> gives it.</summary>
    public string? Neutralizer { get; init; }

    /// <inheritdoc/>
    public override void Validate()
    {
        Check(Alpha is >= 0 and <= 5, Alpha, nameof(Alpha), "from 0 to 5");
        Check(Plausibility is >= 0 and <= 1, Plausibility, nameof(Plausibility), "from 0 to 1");
        Check(string.IsNullOrEmpty(NeutralQuery) != string.IsNullOrEmpty(Neutralizer), NeutralQuery, nameof(NeutralQuery),
            "the question in neutral words, or null where Neutralizer names the chat client that finds them: give one of the two");
    }

    /// <inheritdoc/>
    public override ILogitPolicy Compile(PlanContext context)
    {
        BranchPrompt neutral = Neutralizer is { Length: > 0 } name ? new BranchPrompt.RewrittenUserMessage(name) : new BranchPrompt.UserMessage(NeutralQuery!);
        return new LinearContrast(
            [BranchRequest.Target with { Prompt = neutral }, new("leading", null, BranchPrompt.Same)], new ConstantWeight(Alpha), new PlausibleFraction(Plausibility));
    }
}
