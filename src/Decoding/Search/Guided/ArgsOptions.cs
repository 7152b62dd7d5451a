namespace Decant.Decoding;

/// <summary>Alignment as reward-guided search (ARGS; Khanov and others, 2024): to each of the likeliest tokens' logits adds w times what a reward finds the text with that token worth.</summary>
/// <remarks>
/// Of the adjusted logits the largest is taken where sampling is greedy; otherwise a token is drawn from their softmax at the sampling's temperature, among candidates that its truncation leaves. A weight of 0 is decoding without
/// the search, among the <see cref="TopK"/> likeliest tokens. The answer comes token by token. Rewards score beginnings of texts: one that was made for whole texts misjudges them.
/// </remarks>
public sealed record ArgsOptions : RewardedSearchOptions
{
    /// <inheritdoc/>
    public override string Kind => "args";

    /// <summary>w, how many logits a reward of 1 is worth; 0 … 1000. Default: 1.5.</summary>
    public double RewardWeight { get; init; } = 1.5;

    /// <summary>How many of the likeliest tokens are scored; no other is written; 1 … 256. Default: 10.</summary>
    public int TopK { get; init; } = 10;

    /// <inheritdoc/>
    public override void Validate()
    {
        base.Validate();
        Check(RewardWeight is >= 0 and <= 1000, RewardWeight, nameof(RewardWeight), "from 0 to 1000");
        Check(TopK is >= 1 and <= 256, TopK, nameof(TopK), "from 1 to 256");
    }

    /// <inheritdoc/>
    public override ISearch Compile(PlanContext context) => new TokenGuidance(CompileRewards(context, partial: true), TopK, RewardWeight, tempered: true);
}
