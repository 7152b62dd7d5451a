namespace Decant.Decoding;

/// <summary>The rewards of a search, added up. Immutable and safe for concurrent use: what one call has scored is in a <see cref="RewardScorer"/>.</summary>
internal sealed class RewardModel
{
    private readonly (RewardOptions Options, IReward Reward)[] _terms;
    private readonly ITokenVocabulary _vocabulary;
    private readonly RewardContext _context;

    /// <param name="kind">The search's, for errors.</param>
    /// <param name="rewards">At least one.</param>
    /// <param name="context">What they name.</param>
    /// <param name="partial">Whether the search scores beginnings of texts.</param>
    /// <exception cref="ArgumentException">A reward is not there, or cannot score beginnings.</exception>
    public RewardModel(string kind, ValueList<RewardOptions> rewards, PlanContext context, bool partial)
    {
        (_vocabulary, _context) = (context.Vocabulary, context.Reward);
        _terms = [.. rewards.Select(options => (options, options.Compile(context)))];
        foreach (var (options, reward) in _terms)
        {
            if (partial && !reward.ScoresPartial)
                throw new ArgumentException($"\"{kind}\" scores beginnings of texts, and the reward \"{options.Name}\" scores whole ones only: use another reward, or a search that scores whole texts, such as \"best-of\".");
        }
    }

    /// <summary>The lowest sum of scores there can be.</summary>
    public double Minimum => _terms.Sum(term => Math.Min(Bound(term, term.Reward.Minimum), Bound(term, term.Reward.Maximum)));

    /// <summary>The highest.</summary>
    public double Maximum => _terms.Sum(term => Math.Max(Bound(term, term.Reward.Minimum), Bound(term, term.Reward.Maximum)));

    public RewardScorer Open(SearchRun run)
    {
        var text = new AnswerText(_vocabulary, run.Plan.Reasoning);
        return new RewardScorer(_context, [.. _terms.Select(term => new RewardTerm(term.Options, term.Reward))], text, run.Rewards, run.TimeProvider);
    }

    private static double Bound((RewardOptions Options, IReward Reward) term, double bound)
    {
        if (term.Options.Weight == 0) return 0;
        return term.Options.Weight * (term.Options.Threshold is null ? bound : bound == term.Reward.Maximum ? 1 : 0);
    }
}
