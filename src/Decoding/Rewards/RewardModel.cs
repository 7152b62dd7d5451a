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
            if (options.Calibration is not null && context.Options.Sampling is { IsGreedy: true } sampling)
                throw new ArgumentException($"\"{kind}\" calibrates the reward \"{options.Name}\" with texts that it draws, and sampling \"{sampling.Kind}\" is greedy: all would be the same. Set the temperature above 0, or leave {nameof(RewardOptions.Calibration)} out.");
        }
    }

    /// <summary>Whether texts of the plan's own are drawn to compare scores with.</summary>
    public bool IsCalibrated => Array.Exists(_terms, term => term.Options.Calibration is not null);

    /// <summary>The lowest sum of scores there can be.</summary>
    public double Minimum => _terms.Sum(term => Math.Min(Bound(term, highest: false), Bound(term, highest: true)));

    /// <summary>The highest.</summary>
    public double Maximum => _terms.Sum(term => Math.Max(Bound(term, highest: false), Bound(term, highest: true)));

    /// <summary>Begins a call. Its reference texts, where rewards are calibrated, are drawn from the run's own branches when something is first scored: nothing may be written there before.</summary>
    public RewardScorer Open(SearchRun run)
    {
        var text = new AnswerText(_vocabulary, run.Plan.Reasoning);
        var references = _terms.Max(term => term.Options.Calibration?.ReferenceSamples);
        return new RewardScorer(_context, [.. _terms.Select(term => new RewardTerm(term.Options, term.Reward))], text, run.Rewards, run.TimeProvider, references is { } count ? new ReferenceTexts(run, count) : null);
    }

    private static double Bound((RewardOptions Options, IReward Reward) term, bool highest)
    {
        var bound = (term.Options.Calibration, highest) switch
        {
            (null, false) => term.Reward.Minimum,
            (null, true) => term.Reward.Maximum,
            var (calibration, _) => calibration.Apply(highest ? 1 : 0),
        };
        return term.Options.Weight == 0 ? 0 : term.Options.Count(bound);
    }
}
