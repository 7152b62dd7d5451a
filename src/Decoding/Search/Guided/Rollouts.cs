namespace Decant.Decoding;

/// <summary>Writes texts on from one another's beginnings. Everything that was run stays at hand until it is freed. Serves one caller at a time.</summary>
/// <param name="run">The run.</param>
/// <param name="candidates">Most tokens that are remembered for each place.</param>
/// <param name="kind">How texts go on.</param>
internal sealed class Rollouts(SearchRun run, int candidates, RolloutKind kind) : IDisposable
{
    private static readonly TruncatedSampler _greedy = new(new SamplingOptions { Temperature = 0 }, []);
    private readonly HypothesisBatch _batch = new(run);
    private readonly CandidateTokens _candidates = new(candidates);
    private readonly HashSet<Rollout> _held = [];

    /// <summary>The first text, with one token. Speculation, which may lose what it drafted into a dead end, drafts behind that.</summary>
    public async ValueTask<Rollout> BeginAsync(CancellationToken cancellationToken)
    {
        var rollout = Hold(new Rollout(new Hypothesis(run.Branches.Fork(), kind == RolloutKind.Greedy ? run.State.Fork(_greedy) : run.State.Fork()), 0, 0));
        await ExtendAsync([rollout], 1, cancellationToken).ConfigureAwait(false);
        return rollout;
    }

    /// <summary>A text that begins as another one does, and goes on with one of its candidates.</summary>
    /// <param name="from">The other.</param>
    /// <param name="place">Where they part.</param>
    /// <param name="candidate">Which of the candidates there.</param>
    public Rollout Branch(Rollout from, int place, int candidate)
    {
        var choice = from.Choice(place);
        var before = from.LogProbability(place);
        var rollout = Hold(new Rollout(from.Text.Beginning(place), place, before));
        rollout.Text.Append(choice.Tokens[candidate], null, run.Limits);
        rollout.Add(choice with { Total = before + choice.LogProbabilities[candidate] });
        return rollout;
    }

    /// <summary>Writes texts on, in one batch, until they end or have so many tokens.</summary>
    public ValueTask ExtendAsync(IEnumerable<Rollout> rollouts, int length, CancellationToken cancellationToken)
    {
        var of = rollouts.ToDictionary(rollout => rollout.Text);
        return _batch.ExtendAsync([.. of.Keys], int.MaxValue, length, (text, _, logProbability, logits, row) => of[text].Add(Choice(of[text], logProbability, logits, row)), cancellationToken);
    }

    /// <summary>Frees all but some.</summary>
    public void Keep(IEnumerable<Rollout> kept)
    {
        foreach (var rollout in _held.Except(kept).ToList()) Free(rollout);
    }

    /// <summary>Frees one; its tokens can still be read.</summary>
    public void Free(Rollout rollout)
    {
        if (_held.Remove(rollout)) rollout.Dispose();
    }

    public void Dispose() => Keep([]);

    private Rollout Hold(Rollout rollout)
    {
        _held.Add(rollout);
        return rollout;
    }

    private RolloutChoice Choice(Rollout rollout, double logProbability, ReadOnlySpan<float> logits, TokenDistribution row)
    {
        _candidates.Fill(logits, rollout.Text.State, row);
        var logProbabilities = new double[_candidates.Ids.Length];
        for (var i = 0; i < logProbabilities.Length; i++) logProbabilities[i] = Math.Log(_candidates.Probabilities[i]);
        return new RolloutChoice(_candidates.Ids.ToArray(), logProbabilities, rollout.LogProbability(rollout.Length) + logProbability);
    }
}
