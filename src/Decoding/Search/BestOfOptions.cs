using System.Runtime.CompilerServices;

namespace Decant.Decoding;

/// <summary>Best-of-N: draws N whole texts and answers with the one that rewards find best.</summary>
/// <remarks>
/// <para>All texts are drawn from the plan's distribution, each with noise of its own made from the seed; the first is the text of plain decoding. They run in one batch over the prompt's cache, or, with
/// speculation, one after the other. Among equals the earlier counts. The answer's distribution has at most ln N − (N − 1) / N nats to the plan's (<see cref="KlBound"/>; Beirami and others, 2024).</para>
/// <para>The answer comes when all have ended. A call that reaches its budget answers with the best there is by then, whole texts before those that were cut off.</para>
/// </remarks>
public sealed record BestOfOptions : RewardedSearchOptions
{
    /// <inheritdoc/>
    public override string Kind => "best-of";

    /// <summary>Texts to draw; 1 … 256. Default: 4.</summary>
    public int N { get; init; } = 4;

    /// <summary>How many of the texts to answer with, each a message of its own with its score, the best one first; 1 … <see cref="N"/>. Default: 1.</summary>
    public int Results { get; init; } = 1;

    /// <summary>An upper bound of the divergence from the plan's distribution, in nats.</summary>
    [System.Text.Json.Serialization.JsonIgnore]
    public double KlBound => Math.Log(N) - ((N - 1.0) / N);

    /// <inheritdoc/>
    public override void Validate()
    {
        base.Validate();
        Check(N is >= 1 and <= 256, N, nameof(N), "from 1 to 256");
        Check(Results >= 1 && Results <= N, Results, nameof(Results), $"from 1 to {nameof(N)}");
    }

    internal override bool Speculates => true;

    /// <inheritdoc/>
    public override ISearch Compile(PlanContext context)
    {
        ArgumentNullException.ThrowIfNull(context);
        context.Require(Kind, ModelCapabilities.Fork);
        context.RequireDraws(Kind);
        return new BestOf(this, CompileRewards(context, partial: false));
    }
}

internal sealed class BestOf(BestOfOptions options, RewardModel rewards) : ISearch
{
    public bool GivesSeveral => options.Results > 1;

    public async IAsyncEnumerable<GeneratedToken> RunAsync(SearchRun run, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        using var drawn = await DrawnTexts.DrawAsync(run, options.N, cancellationToken).ConfigureAwait(false);
        await rewards.Open(run).ScoreAsync(drawn.Written, cancellationToken).ConfigureAwait(false);
        foreach (var text in drawn.Written) text.Score = text.Reward;
        foreach (var token in SearchRun.Answer(drawn.Written.OrderByDescending(text => text.IsComplete).ThenByDescending(text => text.Score).Take(options.Results))) yield return token;
    }
}
