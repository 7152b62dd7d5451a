using System.Runtime.InteropServices;

namespace Decant.Decoding;

/// <summary>One reward in one call: what it has scored, and whether it still counts.</summary>
internal sealed class RewardTerm(RewardOptions options, IReward reward)
{
    private readonly Dictionary<string, double> _known = [];
    private int _scored;
    private bool _dropped;

    /// <summary>Whether it may score no more texts in this call.</summary>
    public bool IsSpent => !_dropped && _scored >= options.MaxScored;

    /// <summary>Adds what it finds the texts worth. One that it cannot score, being cut off, gets −∞.</summary>
    public async ValueTask AddAsync(RewardContext context, IReadOnlyList<RewardCandidate> candidates, double[] totals, RewardCounter counter, CancellationToken cancellationToken)
    {
        if (_dropped) return;
        try
        {
            await LearnAsync(context, candidates, counter, cancellationToken).ConfigureAwait(false);
        }
        catch (RewardException exception) when (options.OnFault == RewardFaultPolicy.Drop)
        {
            counter.Warn($"{exception.Message} It is not used any more in this call.");
            _dropped = true;
            return;
        }

        for (var i = 0; i < candidates.Count; i++) totals[i] += CanScore(candidates[i]) ? options.Weight * Counted(_known[Key(candidates[i])]) : double.NegativeInfinity;
    }

    private double Counted(double score) => options.Threshold is not { } threshold ? score : score >= threshold ? 1 : 0;

    private bool CanScore(RewardCandidate candidate) => candidate.IsComplete || reward.ScoresPartial;

    private async ValueTask LearnAsync(RewardContext context, IReadOnlyList<RewardCandidate> candidates, RewardCounter counter, CancellationToken cancellationToken)
    {
        List<(string Key, RewardCandidate Candidate)> unknown = [];
        HashSet<string> asked = [];
        foreach (var candidate in candidates)
        {
            if (!CanScore(candidate)) continue;
            var key = Key(candidate);
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

    // The tokens as they are; a text that nobody wrote in tokens has itself.
    private static string Key(RewardCandidate candidate)
        => (candidate.IsComplete ? "." : "…") + (candidate.Tokens.IsEmpty ? candidate.Text : new string(MemoryMarshal.Cast<int, char>(candidate.Tokens.Span)));
}
