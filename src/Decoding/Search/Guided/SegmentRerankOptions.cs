using System.Runtime.CompilerServices;

namespace Decant.Decoding;

/// <summary>
/// Segment by segment: every beam draws several continuations of some tokens, rewards score all of them, and the best stay as beams (the search of RankGen; Krishna and others, 2022, whose reward is a model that says how well a text
/// follows its beginning).
/// </summary>
/// <remarks>
/// <para>Texts are drawn from the plan's distribution, each with noise of its own; the first draws what plain decoding would. Beams that have ended stay and are not written on; of equal texts one stays. With one beam whose
/// segments are as long as texts it is best-of-N. Scores are those of the whole text up to there.</para>
/// <para>What all beams have in common is certain, and comes at once: with one beam, each segment. The answer is the best beam when all have ended or the budget is spent, whole texts before those that were cut off.</para>
/// </remarks>
public sealed record SegmentRerankOptions : RewardedSearchOptions
{
    /// <inheritdoc/>
    public override string Kind => "segment-rerank";

    /// <summary>B, how many texts are kept; 1 … 64. Default: 2.</summary>
    public int Beams { get; init; } = 2;

    /// <summary>N, continuations of each; 1 … 256. Default: 10.</summary>
    public int Samples { get; init; } = 10;

    /// <summary>L, tokens of a segment; at least 1. <see cref="int.MaxValue"/>: whole texts, so that rewards need not score beginnings. Default: 20.</summary>
    public int SegmentTokens { get; init; } = 20;

    internal override bool Speculates => true;

    /// <inheritdoc/>
    public override void Validate()
    {
        base.Validate();
        Check(Beams is >= 1 and <= 64, Beams, nameof(Beams), "from 1 to 64");
        Check(Samples is >= 1 and <= 256, Samples, nameof(Samples), "from 1 to 256");
        Check(SegmentTokens >= 1, SegmentTokens, nameof(SegmentTokens), "at least 1");
    }

    /// <inheritdoc/>
    public override ISearch Compile(PlanContext context)
    {
        ArgumentNullException.ThrowIfNull(context);
        context.Require(Kind, ModelCapabilities.Fork);
        context.RequireDraws(Kind);
        return new SegmentRerank(CompileRewards(context, partial: SegmentTokens < int.MaxValue), Beams, Samples, SegmentTokens);
    }
}

internal sealed class SegmentRerank(RewardModel rewards, int beams, int samples, int segmentTokens) : ISearch
{
    public bool SharesPrompt => true;

    public async IAsyncEnumerable<GeneratedToken> RunAsync(SearchRun run, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        var (batch, scorer) = (new HypothesisBatch(run), rewards.Open(run));
        List<Hypothesis> kept = [.. Enumerable.Range(0, beams).Select(_ => Hypothesis.Of(run))];
        try
        {
            for (int given = 0, texts = 0; ;)
            {
                var (next, scored) = await ExtendAsync(run, batch, scorer, kept, cancellationToken).ConfigureAwait(false);
                foreach (var beam in kept) beam.Dispose();
                (kept, texts) = (next, texts + scored);

                var best = kept.MaxBy(text => text.Rank)!;
                if (scorer.IsSpent && best.IsOpen) best.Wrote(FinishKind.Budget);
                if (scorer.IsSpent || kept.TrueForAll(text => !text.IsOpen))
                {
                    foreach (var token in SearchRun.Answer(best).Skip(given)) yield return token;
                    yield break;
                }

                for (var certain = InCommon(kept); given < certain; given++) yield return new GeneratedToken(kept[0].State.Generated[given]);
                if (run.Report(best, texts) is { } report) yield return report;
            }
        }
        finally
        {
            foreach (var beam in kept) beam.Dispose();
        }
    }

    /// <summary>The best of what the beams are and may go on with, as forks of them.</summary>
    private async ValueTask<(List<Hypothesis> Best, int Scored)> ExtendAsync(SearchRun run, HypothesisBatch batch, RewardScorer scorer, List<Hypothesis> kept, CancellationToken cancellationToken)
    {
        List<Hypothesis> texts = [], best = [];
        try
        {
            for (var i = 0; i < kept.Count * samples; i++)
            {
                var beam = kept[i / samples];
                if (beam.IsOpen || i % samples == 0) texts.Add(beam.Fork(run.State.Noise.Derive(i)));
            }

            await batch.ExtendAsync(texts, segmentTokens, cancellationToken).ConfigureAwait(false);
            var alive = texts.FindAll(text => text.DeadEnd is null);
            if (alive.Count == 0) throw texts[0].DeadEnd!;
            await scorer.ScoreAsync(alive, cancellationToken).ConfigureAwait(false);
            foreach (var text in alive) text.Score = text.Reward;
            best = [.. alive.DistinctBy(text => TokenKey.Of(text.State.Generated)).OrderByDescending(text => text.Score).Take(beams)];
            return (best, alive.Count);
        }
        finally
        {
            foreach (var text in texts.Except(best)) text.Dispose();
        }
    }

    /// <summary>How many tokens all texts begin with; of one that has ended, all but the last, which says so.</summary>
    private static int InCommon(List<Hypothesis> texts)
    {
        var first = texts[0].State.Generated;
        var length = first.Length;
        foreach (var text in texts) length = Math.Min(length, first.CommonPrefixLength(text.State.Generated) - (text.IsOpen ? 0 : 1));
        return length;
    }
}
