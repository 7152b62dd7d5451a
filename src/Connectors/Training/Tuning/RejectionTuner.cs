using Decant.Decoding;

namespace Decant.Connectors.Training;

/// <summary>
/// Tunes a model for a reward on samples of its own: of each prompt's samples, those are learned from that are drawn with weights softmax(Φ(C) / β), where C is the calibrated reward and Φ fits what is done with the
/// model's answers afterwards (InfAlign, Balashankar et al. 2024).
/// </summary>
/// <remarks>
/// The optimum of E[Φ(C)] − β · KL is the model's own distribution times e^(Φ(C) / β): drawing from it and imitating the draws is the supervised way there. The paper trains with reinforcement learning. Answers are
/// learned without reasoning and without tool calls.
/// </remarks>
public static class RejectionTuner
{
    /// <summary>Tunes a copy of a model.</summary>
    /// <param name="model">The model's folder, or the name of an embedded one.</param>
    /// <param name="folder">Where the tuned model is written, in float32; a new folder.</param>
    /// <param name="prompts">Requests, at least two; some are held out.</param>
    /// <param name="reward">What the answers should have.</param>
    /// <param name="options">How to learn.</param>
    /// <param name="progress">Told after every training step.</param>
    /// <param name="cancellationToken">Stops between two tokens or steps; the folder is then unfinished.</param>
    /// <exception cref="ArgumentException">An option is out of range, there are too few prompts, or the folder is not empty.</exception>
    /// <exception cref="InvalidOperationException">No answer was finished.</exception>
    /// <exception cref="OperationCanceledException">Tuning was stopped.</exception>
    /// <exception cref="DllNotFoundException">There is no libtorch; the message says what to do.</exception>
    public static async Task<RejectionTuningReport> TuneAsync(
        string model, string folder, IReadOnlyList<TuningPrompt> prompts, IReward reward, RejectionTunerOptions options, IProgress<TrainingProgress>? progress = null, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(prompts);
        var loop = new TuningLoop(model, folder, reward, options);
        var (learned, heldOut) = HeldOutSplit.Of(prompts, options.HeldOut, options.Seed);
        var before = TuningLoop.Mean(await loop.SampleAsync(heldOut, decoded: false, cancellationToken).ConfigureAwait(false));
        var sampled = await loop.SampleAsync(learned, decoded: true, cancellationToken).ConfigureAwait(false);
        var random = new Random(options.Seed);
        List<ScoredAnswer> chosen = [.. sampled.GroupBy(answer => answer.Prompt).SelectMany(answers => Choose([.. answers.Where(answer => answer is { IsComplete: true, Score: not null })], options, random))];
        if (chosen.Count == 0) throw new InvalidOperationException("No answer was finished: there is nothing to learn from. Raise MaxTokens.");
        loop.Learn(chosen, progress, cancellationToken);
        var after = TuningLoop.Mean(await loop.SampleAsync(heldOut, decoded: false, cancellationToken).ConfigureAwait(false));
        return new RejectionTuningReport(before, after, sampled.Count, chosen.Distinct().Count());
    }

    /// <summary>As many draws as there are answers, with the weights of each.</summary>
    private static IEnumerable<ScoredAnswer> Choose(ScoredAnswer[] answers, RejectionTunerOptions options, Random random)
    {
        var weights = Weights([.. answers.Select(answer => answer.Score!.Value)], options);
        foreach (var _ in answers)
        {
            var left = random.NextDouble();
            var index = 0;
            while (index < weights.Length - 1 && (left -= weights[index]) >= 0) index++;
            yield return answers[index];
        }
    }

    /// <summary>softmax(Φ(C) / β) over a prompt's samples.</summary>
    internal static double[] Weights(double[] scores, RejectionTunerOptions options)
    {
        if (scores.Length == 0) return [];
        var values = Array.ConvertAll(scores, score =>
        {
            var calibrated = scores.Average(other => other < score ? 1 : other == score ? 0.5 : 0);
            return (options.Transform?.Invoke(calibrated) ?? calibrated) / options.Beta;
        });
        var largest = values.Max();
        var weights = Array.ConvertAll(values, value => Math.Exp(value - largest));
        var sum = weights.Sum();
        return Array.ConvertAll(weights, weight => weight / sum);
    }
}
