using Decant.Decoding;

namespace Decant.Connectors.Training;

/// <summary>
/// Has a small model learn from its own best answers, again and again: it answers under constraints, a critic keeps what is good, and it is tuned on that (the loop of I2D2, Bhagavatula et al. 2023).
/// </summary>
/// <remarks>
/// The critic is a reward, such as a head from <see cref="RewardHeadTrainer"/> or a <see cref="PrefixClassifierReward"/>, and stays the same over the rounds. Answers are learned without reasoning and without tool calls.
/// </remarks>
public static class SelfImitation
{
    /// <summary>Tunes a copy of a model.</summary>
    /// <param name="model">The model's folder, or the name of an embedded one.</param>
    /// <param name="folder">Where the tuned model is written, in float32; a new folder.</param>
    /// <param name="prompts">Requests with the constraints that the answers are written under, at least two; some are held out.</param>
    /// <param name="critic">Scores answers.</param>
    /// <param name="options">How to learn.</param>
    /// <param name="progress">Told after every training step.</param>
    /// <param name="cancellationToken">Stops between two tokens or steps; the folder is then unfinished.</param>
    /// <exception cref="ArgumentException">An option is out of range, there are too few prompts, or the folder is not empty.</exception>
    /// <exception cref="InvalidOperationException">The critic kept no answer.</exception>
    /// <exception cref="OperationCanceledException">Tuning was stopped.</exception>
    /// <exception cref="DllNotFoundException">There is no libtorch; the message says what to do.</exception>
    public static async Task<SelfImitationReport> TuneAsync(
        string model, string folder, IReadOnlyList<TuningPrompt> prompts, IReward critic, SelfImitationOptions options, IProgress<TrainingProgress>? progress = null, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(prompts);
        var loop = new TuningLoop(model, folder, critic, options);
        var (learned, heldOut) = HeldOutSplit.Of(prompts, options.HeldOut, options.Seed);
        var before = TuningLoop.Mean(await loop.SampleAsync(heldOut, decoded: false, cancellationToken).ConfigureAwait(false));
        List<SelfImitationRound> rounds = [];
        for (var round = 0; round < options.Iterations; round++)
        {
            var sampled = await loop.SampleAsync(learned, decoded: true, cancellationToken).ConfigureAwait(false);
            List<ScoredAnswer> kept = [.. sampled.Where(answer => answer.IsComplete && answer.Score >= options.CriticThreshold).Distinct()];
            if (kept.Count == 0)
            {
                throw new InvalidOperationException($"In round {round + 1} none of {sampled.Count} answers is finished and scores {options.CriticThreshold} or more: "
                    + $"lower {nameof(options.CriticThreshold)}, raise {nameof(options.Samples)} or {nameof(options.MaxTokens)}, or constrain the answers.");
            }

            loop.Learn(kept, progress, cancellationToken);
            var behind = await loop.SampleAsync(heldOut, decoded: false, cancellationToken).ConfigureAwait(false);
            rounds.Add(new SelfImitationRound(sampled.Count, kept.Count, TuningLoop.Mean(sampled), TuningLoop.Mean(behind)));
        }

        return new SelfImitationReport(before, rounds);
    }
}
