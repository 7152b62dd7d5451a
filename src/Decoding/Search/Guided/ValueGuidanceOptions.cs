namespace Decant.Decoding;

/// <summary>
/// Controlled decoding (Mudgal and others, 2024): a reward that says of a beginning what whole texts will come to (its value V) steers, token by token (p · e^(λ V)) or block by block (the best of several).
/// </summary>
/// <remarks>
/// By tokens, the next one is drawn from p · e^(λ V) of the likeliest tokens, p being the plan's distribution; where sampling is greedy, the largest is taken, with p at temperature 1. By blocks, several are drawn from the
/// plan's distribution, and the one of the largest V stays; that needs sampling that draws, and it is <see cref="SegmentRerankOptions"/> with one beam. The answer comes token by token, or block by block.
/// </remarks>
public sealed record ValueGuidanceOptions : RewardedSearchOptions
{
    /// <inheritdoc/>
    public override string Kind => "controlled-decoding";

    /// <summary>Tokens of a block; 0 … 100000, 0 for guidance token by token. Default: 0.</summary>
    public int Block { get; init; }

    /// <summary>λ, how many nats a value of 1 is worth; 0 … 1000. Only without blocks. Null: 1.</summary>
    public double? Lambda { get; init; }

    /// <summary>How many of the likeliest tokens are scored; no other is written; 1 … 256. Only without blocks. Null: 10.</summary>
    public int? TopK { get; init; }

    /// <summary>Blocks to choose from; 1 … 256. Only with blocks. Null: 4.</summary>
    public int? Candidates { get; init; }

    internal override bool Speculates => Block > 0;

    /// <inheritdoc/>
    public override void Validate()
    {
        base.Validate();
        Check(Block is >= 0 and <= 100_000, Block, nameof(Block), "from 0 to 100000");
        Check(Lambda is null || (Lambda is >= 0 and <= 1000 && Block == 0), Lambda, nameof(Lambda), $"from 0 to 1000, and null with a {nameof(Block)}, of which the best stays");
        Check(TopK is null || (TopK is >= 1 and <= 256 && Block == 0), TopK, nameof(TopK), $"from 1 to 256, and null with a {nameof(Block)}, whose tokens are drawn from the plan's distribution");
        Check(Candidates is null || (Candidates is >= 1 and <= 256 && Block > 0), Candidates, nameof(Candidates), $"from 1 to 256, and null without a {nameof(Block)}");
    }

    /// <inheritdoc/>
    public override ISearch Compile(PlanContext context)
    {
        ArgumentNullException.ThrowIfNull(context);
        var rewards = CompileRewards(context, partial: true);
        if (Block == 0) return new TokenGuidance(rewards, TopK ?? 10, Lambda ?? 1, tempered: false);
        context.Require(Kind, ModelCapabilities.Fork);
        context.RequireDraws(Kind);
        return new SegmentRerank(rewards, beams: 1, Candidates ?? 4, Block);
    }
}
