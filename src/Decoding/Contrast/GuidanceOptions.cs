namespace Decant.Decoding;

/// <summary>
/// Classifier-free guidance: makes the model adhere more to its prompt, or keep away from a negative one: γ · (ln p(prompt) − ln p(negative)) + ln p(negative).
/// With γ = 1 + α the distribution is that of <see cref="ContextAwareOptions"/>.
/// </summary>
/// <remarks>Sanchez et al., "Stay on topic with Classifier-Free Guidance" (2023). Scales above 2 tend to loop.</remarks>
public sealed record GuidanceOptions : ContrastOptions
{
    /// <inheritdoc/>
    public override string Kind => "guidance";

    /// <summary>γ; 0 … 10. 1 is plain decoding, below 1 lies between the two prompts, 0 is the negative one. Default: 1.5.</summary>
    public float Scale { get; init; } = 1.5f;

    /// <summary>What the negative branch reads in place of the system message ("You are rude."); not empty. Null: it reads what <see cref="Unconditional"/> says.</summary>
    public string? NegativePrompt { get; init; }

    /// <summary>What the negative branch reads instead of a prompt. Only without <see cref="NegativePrompt"/>. Null: <see cref="GuidancePrompt.LastToken"/>.</summary>
    public GuidancePrompt? Unconditional { get; init; }

    /// <inheritdoc/>
    public override void Validate()
    {
        Check(Scale is >= 0 and <= 10, Scale, nameof(Scale), "from 0 to 10");
        Check(NegativePrompt is not { Length: 0 }, NegativePrompt, nameof(NegativePrompt), "a text, or null to guide away from no prompt");
        Check(Unconditional is null || NegativePrompt is null, Unconditional, nameof(Unconditional), "null where NegativePrompt is set: the branch reads one of them");
        Check(Unconditional is null || Enum.IsDefined(Unconditional.Value), Unconditional, nameof(Unconditional), "LastToken or None");
    }

    /// <inheritdoc/>
    public override ILogitPolicy Compile(PlanContext context)
    {
        var prompt = NegativePrompt is { } text ? new BranchPrompt.SystemMessage(text)
            : Unconditional == GuidancePrompt.None ? BranchPrompt.WithoutPrompt : BranchPrompt.LastToken;
        return new LogProbContrast(new BranchRequest("negative", null, prompt), Scale, 1 - Scale);
    }
}
