namespace Decant.Decoding;

/// <summary>One reward in one call: what it has scored, and whether it still counts.</summary>
internal sealed class RewardTerm(RewardOptions options, IReward reward)
{
    // Searches add such numbers up and multiply them with weights of their own, and the results are to be numbers still.
    private const double Most = 1e100;

    private readonly Dictionary<string, double> _known = [];
    private double[]? _references;
    private int _scored;
    private bool _dropped;
    private bool _asked;

    /// <summary>How many more texts it may score in this call.</summary>
    public int Allowance => _dropped || options.MaxScored is not { } max ? int.MaxValue : max - _scored - (_references is null ? options.Calibration?.ReferenceSamples ?? 0 : 0);

    /// <summary>Adds what it finds the texts worth. One that it cannot score, being cut off, gets −∞.</summary>
    /// <param name="context">What the texts answer.</param>
    /// <param name="candidates">The texts.</param>
    /// <param name="references">Texts of the plan, of which a calibrated reward takes as many as it asks for.</param>
    /// <param name="totals">Where it is added, one for each text.</param>
    /// <param name="counter">Counts what is scored.</param>
    /// <param name="cancellationToken">Cancelled when the call is.</param>
    public async ValueTask AddAsync(
        RewardContext context, IReadOnlyList<RewardCandidate> candidates, IReadOnlyList<RewardCandidate> references, double[] totals, RewardCounter counter, CancellationToken cancellationToken)
    {
        if (_dropped) return;
        double[] counts;
        try
        {
            if (options.Calibration is { } calibration && _references is null) await ReferAsync(context, [.. references.Take(calibration.ReferenceSamples)], counter, cancellationToken).ConfigureAwait(false);
            await LearnAsync(context, candidates, counter, cancellationToken).ConfigureAwait(false);
            counts = [.. candidates.Select(Count)];
        }
        catch (RewardException exception) when (options.OnFault == RewardFaultPolicy.Drop)
        {
            counter.Warn($"{exception.Message} It is not used any more in this call.");
            _dropped = true;
            return;
        }

        if (!_asked && !candidates.Any(CanScore)) counter.Warn($"The reward \"{options.Name}\" scores whole texts only, and each of {candidates.Count} was cut off: raise the limit of tokens.");
        _asked = true;
        for (var i = 0; i < counts.Length; i++) totals[i] += counts[i];
    }

    private double Count(RewardCandidate candidate)
    {
        if (!CanScore(candidate)) return double.NegativeInfinity;
        var count = options.Count(Calibrated(Score(candidate)));
        return Math.Abs(count) <= Most ? count : throw new RewardException(options.Name, $"counts as {count}, which is beyond ±{Most}: give smaller scores, or lower its Weight.");
    }

    private async ValueTask ReferAsync(RewardContext context, IReadOnlyList<RewardCandidate> texts, RewardCounter counter, CancellationToken cancellationToken)
    {
        if (texts.Count == 0) counter.Warn($"The reward \"{options.Name}\" is not calibrated: the call's budget or its constraints left no reference texts.");
        await LearnAsync(context, texts, counter, cancellationToken).ConfigureAwait(false);
        _references = [.. texts.Select(Score)];
    }

    private double Calibrated(double score) => options.Calibration is { } calibration ? calibration.Calibrate(score, _references!) : score;

    private double Score(RewardCandidate candidate) => CanScore(candidate) ? _known[candidate.Key] : double.NegativeInfinity;

    private bool CanScore(RewardCandidate candidate) => candidate.IsComplete || reward.ScoresPartial;

    private async ValueTask LearnAsync(RewardContext context, IReadOnlyList<RewardCandidate> candidates, RewardCounter counter, CancellationToken cancellationToken)
    {
        List<(string Key, RewardCandidate Candidate)> unknown = [];
        HashSet<string> asked = [];
        foreach (var candidate in candidates)
        {
            if (!CanScore(candidate)) continue;
            var key = candidate.Key;
            if (_known.ContainsKey(key) || !asked.Add(key)) counter.Known++;
            else unknown.Add((key, candidate));
        }

        foreach (var batch in unknown.Chunk(Math.Max(1, reward.MaxBatch)))
        {
            var scores = await ScoreAsync(context, [.. batch.Select(each => each.Candidate)], cancellationToken).ConfigureAwait(false);
            for (var i = 0; i < batch.Length; i++) _known[batch[i].Key] = scores[i];
            _scored += batch.Length;
            counter.Scored += batch.Length;
        }
    }

    private async ValueTask<IReadOnlyList<double>> ScoreAsync(RewardContext context, RewardCandidate[] batch, CancellationToken cancellationToken)
    {
        IReadOnlyList<double>? scores;
        using var timeout = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        try
        {
            if (options.TimeoutSeconds is { } seconds)
            {
                // One that hangs may not look at its token, or may block this thread: it is left behind.
                var limit = TimeSpan.FromSeconds(seconds);
                timeout.CancelAfter(limit);
                var token = timeout.Token;
                scores = await Task.Run(() => reward.ScoreAsync(context, batch, token).AsTask(), token).WaitAsync(limit, cancellationToken).ConfigureAwait(false);
            }
            else
            {
                scores = await reward.ScoreAsync(context, batch, cancellationToken).ConfigureAwait(false);
            }
        }
        catch (Exception exception) when (!cancellationToken.IsCancellationRequested)
        {
            throw timeout.IsCancellationRequested || exception is TimeoutException
                ? new RewardException(options.Name, $"took longer than {options.TimeoutSeconds} s for {batch.Length} texts.", exception)
                : new RewardException(options.Name, $"failed: {exception.Message}", exception);
        }

        if (scores is null || scores.Count != batch.Length) throw new RewardException(options.Name, $"gave {scores?.Count ?? 0} scores for {batch.Length} texts.");
        foreach (var score in scores)
        {
            if (!double.IsFinite(score)) throw new RewardException(options.Name, $"gave the score {score}, which is no finite number.");
        }

        return scores;
    }
}
