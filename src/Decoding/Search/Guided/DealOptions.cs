using System.Runtime.CompilerServices;

namespace Decant.Decoding;

/// <summary>
/// Decoding as heuristic search with a lookahead (DeAL; Huang and others, 2024): keeps some beginnings of a text, tries the likeliest tokens behind each, writes every try on to see where it leads, and keeps those
/// with the largest ln p(what is kept) + λ · R(what it leads to).
/// </summary>
/// <remarks>
/// <para>Answers with the text of the largest ln p + λ · R among those that were kept and have ended, and those that a kept one's lookahead ended with. Nothing is run twice: a beginning knows the candidates behind it
/// from the lookahead that it was chosen by, and the candidate that this went on with takes it over. A step costs at most <see cref="Lookahead"/> forwards for each candidate. Cheap settings: a <see cref="Keep"/> of 1, and a
/// <see cref="CandidateProbability"/> of 0.02, which looks ahead only where the model is not sure; a <see cref="TargetReward"/>; several <see cref="BlockTokens"/> with a long lookahead.</para>
/// <para>With a weight of 0, one beginning kept and blocks of one token it is greedy decoding; with more, beam search. A lookahead that constraints lead into a dead end counts as the worst.</para>
/// </remarks>
public sealed record DealOptions : RewardedSearchOptions
{
    /// <inheritdoc/>
    public override string Kind => "deal";

    /// <summary>Candidates behind each beginning; 1 … 64. Default: 8.</summary>
    public int TopK { get; init; } = 8;

    /// <summary>How likely a candidate must be, but for the likeliest; 0 … 1. Default: 0.</summary>
    public double CandidateProbability { get; init; }

    /// <summary>l, how many tokens each candidate is written on by; 0 … 128. Default: 4.</summary>
    public int Lookahead { get; init; } = 4;

    /// <summary>k, how many beginnings are kept; 1 … 64. Default: 4.</summary>
    public int Keep { get; init; } = 4;

    /// <summary>λ; 0 … 1000. Scores are to have the scale of log-probabilities. Default: 1.</summary>
    public double RewardWeight { get; init; } = 1;

    /// <summary>How many tokens are kept at once: the candidate and what it was written on by; 1 … <see cref="Lookahead"/> + 1. Default: 1.</summary>
    public int BlockTokens { get; init; } = 1;

    /// <summary>A reward that is enough: the search ends when the best answer is a whole text that has it. Null: it goes on until what it keeps has ended.</summary>
    public double? TargetReward { get; init; }

    /// <summary>How candidates are written on. Default: <see cref="RolloutKind.Greedy"/>.</summary>
    public RolloutKind Rollouts { get; init; }

    /// <summary>
    /// What a chat client adds to the system message for this call, such as what answers are to be like: the search then begins where good answers are likelier. Branches of a contrast read it too, unless they have a system
    /// message of their own. Has no effect on a <see cref="GenerationRequest"/>, whose prompt is its maker's. Null: nothing.
    /// </summary>
    public string? AlignmentPrompt { get; init; }

    /// <inheritdoc/>
    public override void Validate()
    {
        base.Validate();
        Check(TopK is >= 1 and <= 64, TopK, nameof(TopK), "from 1 to 64");
        Check(CandidateProbability is >= 0 and <= 1, CandidateProbability, nameof(CandidateProbability), "from 0 to 1");
        Check(Lookahead is >= 0 and <= 128, Lookahead, nameof(Lookahead), "from 0 to 128");
        Check(Keep is >= 1 and <= 64, Keep, nameof(Keep), "from 1 to 64");
        Check(RewardWeight is >= 0 and <= 1000, RewardWeight, nameof(RewardWeight), "from 0 to 1000");
        Check(BlockTokens >= 1 && BlockTokens <= Lookahead + 1, BlockTokens, nameof(BlockTokens), $"from 1 to {nameof(Lookahead)} + 1");
        Check(TargetReward is null || double.IsFinite(TargetReward.Value), TargetReward, nameof(TargetReward), "a finite number, or null for none");
        Check(Enum.IsDefined(Rollouts), Rollouts, nameof(Rollouts), "a known kind");
        Check(AlignmentPrompt is not "", AlignmentPrompt, nameof(AlignmentPrompt), "a text, or null for none");
    }

    internal override bool Draws => Rollouts == RolloutKind.Plan;

    internal override bool Speculates => true;

    /// <inheritdoc/>
    public override ISearch Compile(PlanContext context)
    {
        ArgumentNullException.ThrowIfNull(context);
        context.Require(Kind, ModelCapabilities.Fork);
        return new Deal(this, CompileRewards(context, partial: true));
    }
}

internal sealed class Deal(DealOptions options, RewardModel rewards) : ISearch
{
    public bool SharesPrompt => rewards.IsCalibrated;

    public async IAsyncEnumerable<GeneratedToken> RunAsync(SearchRun run, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        using var rollouts = new Rollouts(run, options.TopK, options.Rollouts);
        var scorer = rewards.Open(run);
        List<Kept> kept = [new(await rollouts.BeginAsync(cancellationToken).ConfigureAwait(false), 0, 0)];
        var (best, texts, isOver) = ((Hypothesis?)null, 0, false);
        NoTokenAllowedException? deadEnd = null;
        for (var length = 0; !isOver;)
        {
            // What did not end was the best for the time being only.
            if (best is { Rank.Wholeness: 0 }) best = null;

            // The row behind a beginning is at hand where its lookahead went on from there.
            var open = kept.FindAll(beginning => !beginning.IsWhole).ConvertAll(beginning => beginning.Rollout);
            await rollouts.ExtendAsync(open, length + 1, cancellationToken).ConfigureAwait(false);
            List<Rollout> tries = [.. open.SelectMany(rollout => Tries(rollouts, rollout, length))];
            await rollouts.ExtendAsync(tries, length + 1 + options.Lookahead, cancellationToken).ConfigureAwait(false);
            length += options.BlockTokens;

            var alive = tries.FindAll(rollout => !rollout.IsDead);
            await scorer.ScoreAsync(alive.ConvertAll(rollout => rollout.Text), cancellationToken).ConfigureAwait(false);
            texts += alive.Count;
            foreach (var rollout in alive) rollout.Text.Score = rollout.LogProbability(rollout.Length) + Weighed(rollout);
            deadEnd = open.Concat(tries).FirstOrDefault(rollout => rollout.IsDead)?.Text.DeadEnd ?? deadEnd;
            kept = [.. kept.Where(beginning => beginning.IsWhole)
                .Concat(tries.Where(rollout => !rollout.IsDead || rollout.Length > length).Select(rollout => Beginning(rollout, length)))
                .OrderByDescending(beginning => beginning.Score).Take(options.Keep)];

            var now = kept.Where(beginning => !beginning.Rollout.IsDead).Select(beginning => beginning.Rollout.Text).MaxBy(text => text.Rank);
            if (now is not null && (best is null || now.Rank.CompareTo(best.Rank) > 0))
            {
                best = now;
                if (run.Report(best, texts) is { } report) yield return report;
            }

            isOver = kept.TrueForAll(beginning => beginning.IsWhole) || scorer.IsSpent || run.Limits.IsSpent(run.Branches.Counter) || (best is { IsComplete: true } && best.Reward >= options.TargetReward);
            if (isOver && best is null) throw deadEnd!;
            if (isOver && best!.IsOpen) best.Wrote(FinishKind.Budget);
            rollouts.Keep(kept.Select(beginning => beginning.Rollout));
        }

        foreach (var token in SearchRun.Answer(best!)) yield return token;
    }

    private IEnumerable<Rollout> Tries(Rollouts rollouts, Rollout rollout, int place)
    {
        if (rollout.Length == place) yield break;
        var choice = rollout.Choice(place);
        for (var i = 0; i < choice.Tokens.Length; i++)
        {
            if (i > 0 && Math.Exp(choice.LogProbabilities[i]) < options.CandidateProbability) yield break;
            yield return choice.Tokens[i] == rollout.Token(place) ? rollout : rollouts.Branch(rollout, place, i);
        }
    }

    private Kept Beginning(Rollout rollout, int length)
    {
        length = Math.Min(length, rollout.Length);
        return new Kept(rollout, length, rollout.IsDead ? double.NegativeInfinity : rollout.LogProbability(length) + Weighed(rollout));
    }

    private double Weighed(Rollout rollout) => options.RewardWeight * rollout.Text.Reward;

    private sealed record Kept(Rollout Rollout, int Length, double Score)
    {
        public bool IsWhole => Rollout.Text.Finish is not null && Rollout.Length == Length;
    }
}
