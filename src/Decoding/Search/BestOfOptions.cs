using System.Runtime.CompilerServices;

namespace Decant.Decoding;

/// <summary>Best-of-N: draws N whole texts and answers with the one that rewards find best, or with one drawn by its score, or with the worst.</summary>
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

    /// <summary>How many of the texts to answer with, each a message of its own with its score, the best one first, or in the order in which they are drawn; 1 … <see cref="N"/>. Default: 1.</summary>
    public int Results { get; init; } = 1;

    /// <inheritdoc/>
    internal override int Answers => Results;

    /// <summary>Null: the best text is the answer. Otherwise each text is the answer with a probability that grows with e^(score / <see cref="Beta"/>), as InfAlign draws from calibrated scores; above 0. Default: null.</summary>
    public double? Beta { get; init; }

    /// <summary>Whether the lowest score wins (worst-of-N): what an attacker gets who tries N times. Default: false.</summary>
    public bool Worst { get; init; }

    /// <summary>An upper bound of the divergence from the plan's distribution, in nats.</summary>
    [System.Text.Json.Serialization.JsonIgnore]
    public double KlBound => Math.Log(N) - ((N - 1.0) / N);

    /// <inheritdoc/>
    public override void Validate()
    {
        base.Validate();
        Check(N is >= 1 and <= 256, N, nameof(N), "from 1 to 256");
        Check(Results >= 1 && Results <= N, Results, nameof(Results), $"from 1 to {nameof(N)}");
        Check(Beta is null or (> 0 and < double.PositiveInfinity), Beta, nameof(Beta), "a finite number above 0, or null for the best text");
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
    private const int AnswerStream = 8;

    public bool SharesPrompt => true;

    public bool GivesSeveral => options.Results > 1;

    public async IAsyncEnumerable<GeneratedToken> RunAsync(SearchRun run, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        using var drawn = await DrawnTexts.DrawAsync(run, options.N, cancellationToken).ConfigureAwait(false);
        List<Hypothesis> texts = [.. drawn.Written.OrderByDescending(text => text.IsComplete)];
        var scored = await ScoreAsync(texts, rewards.Open(run), cancellationToken).ConfigureAwait(false);
        var ranked = texts[..scored].Select((text, index) => (Text: text, Rank: Rank(text.Score, run.State, index))).OrderByDescending(each => each.Text.IsComplete).ThenByDescending(each => each.Rank);
        foreach (var token in SearchRun.Answer(ranked.Select(each => each.Text).Take(options.Results))) yield return token;
    }

    /// <summary>Scores texts from the first on, as many as rewards may score.</summary>
    /// <returns>How many.</returns>
    private static async ValueTask<int> ScoreAsync(List<Hypothesis> texts, RewardScorer scorer, CancellationToken cancellationToken)
    {
        var scored = 0;
        while (scored < texts.Count && !scorer.IsSpent)
        {
            // Those that are known cost nothing, and a reward that is dropped now must not count for them either.
            scored += Math.Min(scorer.Allowance, texts.Count - scored);
            await scorer.ScoreAsync(texts.GetRange(0, scored), cancellationToken).ConfigureAwait(false);
        }

        foreach (var text in texts) text.Score = text.Reward;
        return scored;
    }

    // The largest of Gumbel noise on top of score / Beta is a draw from the softmax of score / Beta; the next largest one from the rest. Multiplied with Beta, for a division by one near 0 would make all alike.
    private double Rank(double score, GenerationState state, int index)
    {
        if (options.Worst) score = -score;
        return options.Beta is { } beta ? score + (beta * state.Noise.Gumbel(state.Position, AnswerStream, index)) : score;
    }
}
