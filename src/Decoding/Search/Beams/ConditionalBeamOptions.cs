namespace Decant.Decoding;

/// <summary>Conditional beam search: looks for the likeliest text that has an attribute, by what a classifier says of its beginnings. For example the likeliest answer that is not empty.</summary>
/// <remarks>
/// <para>Source: Yoshida and others, "MAP's not dead yet: Uncovering true language model modes by conditioning away degeneracy", 2023 (ACBS). Continuations are ranked by ln P(beginning) + <see cref="Alpha"/> · ln P(attribute | beginning). The
/// second term is that of the whole beginning, so it replaces the one before and never adds up; with α = 1 and a classifier that is right, the sum is, up to a constant, the logarithm of the probability of the
/// beginning given the attribute. Texts that end are ranked with what the classifier says of the complete text. The classifier sees the 2 · beams likeliest continuations of each hypothesis.</para>
/// <para>Needs exactly one reward whose scores lie between 0 and 1 (<see cref="IReward.Minimum"/>, <see cref="IReward.Maximum"/>, with its weight and threshold) and that scores beginnings; it should have been trained on
/// beginnings. The search ends when no hypothesis is likelier than the best text is worth: what it then leaves out could not have been better.</para>
/// </remarks>
public sealed record ConditionalBeamOptions : RewardedSearchOptions
{
    /// <inheritdoc/>
    public override string Kind => "conditional-beam";

    /// <summary>Beginnings to keep; 1 … 64. Default: 5.</summary>
    public int Beams { get; init; } = 5;

    /// <summary>α: how much the attribute counts; 0 … 1000. 0 is beam search without a length penalty; 1 is Bayes' rule. Default: 1.</summary>
    public double Alpha { get; init; } = 1;

    internal override bool Draws => false;

    /// <inheritdoc/>
    public override void Validate()
    {
        base.Validate();
        Check(Rewards.Count == 1, Rewards, nameof(Rewards), "exactly one reward, which gives a probability");
        Check(Beams is >= 1 and <= 64, Beams, nameof(Beams), "from 1 to 64");
        Check(Alpha is >= 0 and <= 1000, Alpha, nameof(Alpha), "a number from 0 to 1000");
    }

    /// <inheritdoc/>
    public override ISearch Compile(PlanContext context)
    {
        ArgumentNullException.ThrowIfNull(context);
        context.Require(Kind, ModelCapabilities.Fork);
        var rewards = CompileRewards(context, partial: true);
        if (rewards.Minimum < 0 || rewards.Maximum > 1)
            throw new ArgumentException($"\"{Kind}\" needs a reward that gives a probability, and the scores of \"{Rewards[0].Name}\" lie between {rewards.Minimum} and {rewards.Maximum}: use a classifier that says it gives 0 to 1, or set the reward's threshold.");
        return new BeamSearch(run => new ConditionedBeam(run, this, rewards.Open(run))) { SharesPrompt = rewards.IsCalibrated };
    }
}

internal sealed class ConditionedBeam(SearchRun run, ConditionalBeamOptions options, RewardScorer rewards) : BeamRun(run)
{
    private readonly CandidateTokens _candidates = new(2 * options.Beams);
    private readonly List<Continuation> _offered = [];
    private readonly List<RewardCandidate> _texts = [];
    private readonly TopContinuations _best = new(2 * options.Beams);
    private readonly BeamBank _bank = new(1);

    protected override IEnumerable<Hypothesis> Ended => _bank.Texts;

    protected override void Read(int index, ReadOnlySpan<float> logits, BranchStep step)
    {
        var first = _offered.Count;
        Offer(index, logits, _candidates, _offered);
        for (var i = first; i < _offered.Count; i++) _texts.Add(rewards.Candidate([.. Open[index].State.Generated, _offered[i].Token], Run.Limits.IsEnd(_offered[i].Token)));
    }

    protected override async ValueTask SelectAsync(List<Continuation> chosen, CancellationToken cancellationToken)
    {
        var probabilities = await rewards.ScoreAsync(_texts, cancellationToken).ConfigureAwait(false);
        _best.Clear();
        for (var i = 0; i < _offered.Count; i++)
        {
            // Where α is 0, what is impossible does not count either.
            var attribute = options.Alpha == 0 ? 0 : options.Alpha * Math.Log(probabilities[i]);
            _best.Offer(_offered[i] with { Score = _offered[i].LogProbability + attribute });
        }

        _offered.Clear();
        _texts.Clear();
        Choose(_best.Kept, options.Beams, chosen);
    }

    protected override void End(Hypothesis text) => _bank.Add(text);

    protected override void Settle()
    {
        if (rewards.IsSpent) StopAll();

        // A probability is at most 1, so a text never becomes worth more than its beginning is likely.
        else if (_bank.IsFull) Drop(hypothesis => hypothesis.LogProbability <= _bank.Worst);
    }
}
