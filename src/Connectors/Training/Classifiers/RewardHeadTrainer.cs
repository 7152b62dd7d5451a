using Decant.Connectors.Rewards;
using Decant.Connectors.Text;
using Decant.Connectors.Torch;
using Decant.Decoding;
using TorchSharp;
using TorchSharp.Modules;
using static TorchSharp.torch;
using static TorchSharp.torch.nn;

namespace Decant.Connectors.Training;

/// <summary>
/// Trains <see cref="LinearHead"/>s on a model's final hidden states: a logistic regression on labelled texts, or the model of Bradley and Terry (1952) on pairs of which one text is better. The model itself does
/// not change. The same texts and options give the same head.
/// </summary>
public static class RewardHeadTrainer
{
    /// <summary>Trains a head that tells two kinds of text apart.</summary>
    /// <param name="model">What reads the texts; it needs hidden states.</param>
    /// <param name="tokenizer">Its tokenizer.</param>
    /// <param name="texts">Texts of both kinds, at least two of each.</param>
    /// <param name="options">Null for the defaults.</param>
    /// <param name="progress">Told after every step.</param>
    /// <param name="cancellationToken">Stops between two forwards and between two steps.</param>
    /// <exception cref="ArgumentException">A kind of text is missing, an option is out of range, or the model gives no hidden states.</exception>
    /// <exception cref="OperationCanceledException">Training was stopped.</exception>
    /// <exception cref="DllNotFoundException">There is no libtorch; the message says what to do.</exception>
    public static async Task<TrainedRewardHead> TrainAsync(
        ICausalModel model, TextTokenizer tokenizer, IReadOnlyList<LabelledText> texts, RewardHeadTrainerOptions? options = null, IProgress<TrainingProgress>? progress = null, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(texts);
        options = Checked(options);
        var (learned, heldOut) = HeldOutSplit.Of(texts, options.HeldOut, options.Seed);
        var states = new TextStates(model, tokenizer, options.Pooling);
        var features = await states.ReadAsync(learned.ConvertAll(text => text.Text), cancellationToken).ConfigureAwait(false);
        float[] labels = [.. learned.Select(text => text.Label ? 1f : 0)];
        var head = Fit(new Standardization(features), features, null, labels, options, progress, cancellationToken);
        var scores = await ScoreAsync(states, head, heldOut.ConvertAll(text => text.Text), cancellationToken).ConfigureAwait(false);
        return new TrainedRewardHead(head, ClassifierQuality.Of([.. scores.Zip(heldOut, (score, text) => (score, text.Label))], 0));
    }

    /// <summary>Trains a head whose scores are higher for better texts.</summary>
    /// <param name="model">What reads the texts; it needs hidden states.</param>
    /// <param name="tokenizer">Its tokenizer.</param>
    /// <param name="pairs">At least two.</param>
    /// <param name="options">Null for the defaults.</param>
    /// <param name="progress">Told after every step.</param>
    /// <param name="cancellationToken">Stops between two forwards and between two steps.</param>
    /// <inheritdoc cref="TrainAsync(ICausalModel, TextTokenizer, IReadOnlyList{LabelledText}, RewardHeadTrainerOptions?, IProgress{TrainingProgress}?, CancellationToken)" path="/exception"/>
    public static async Task<TrainedRewardHead> TrainAsync(
        ICausalModel model, TextTokenizer tokenizer, IReadOnlyList<PreferencePair> pairs, RewardHeadTrainerOptions? options = null, IProgress<TrainingProgress>? progress = null, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(pairs);
        options = Checked(options);
        var (learned, heldOut) = HeldOutSplit.Of(pairs, options.HeldOut, options.Seed);
        var states = new TextStates(model, tokenizer, options.Pooling);
        var chosen = await states.ReadAsync(learned.ConvertAll(pair => pair.Chosen), cancellationToken).ConfigureAwait(false);
        var rejected = await states.ReadAsync(learned.ConvertAll(pair => pair.Rejected), cancellationToken).ConfigureAwait(false);
        float[] labels = [.. learned.Select(_ => 1f)];
        var head = Fit(new Standardization([.. chosen, .. rejected]), chosen, rejected, labels, options, progress, cancellationToken);
        var better = await ScoreAsync(states, head, heldOut.ConvertAll(pair => pair.Chosen), cancellationToken).ConfigureAwait(false);
        var worse = await ScoreAsync(states, head, heldOut.ConvertAll(pair => pair.Rejected), cancellationToken).ConfigureAwait(false);
        var quality = ClassifierQuality.Of([.. better.Select(score => (score, true)), .. worse.Select(score => (score, false))], 0);
        return new TrainedRewardHead(head, quality with { Count = heldOut.Count, Accuracy = better.Zip(worse, (high, low) => high > low ? 1.0 : 0).Average() });
    }

    private static RewardHeadTrainerOptions Checked(RewardHeadTrainerOptions? options)
    {
        options ??= new RewardHeadTrainerOptions();
        options.Validate();
        TorchBackend.Load();
        return options;
    }

    private static async Task<double[]> ScoreAsync(TextStates states, LinearHead head, IReadOnlyList<string> texts, CancellationToken cancellationToken)
        => Array.ConvertAll(await states.ReadAsync(texts, cancellationToken).ConfigureAwait(false), state => head.Score(state));

    // The logit of a pair is the difference of its scores, in which the bias goes out.
    private static LinearHead Fit(
        Standardization standardization, float[][] states, float[][]? rejected, float[] labels, RewardHeadTrainerOptions options, IProgress<TrainingProgress>? progress, CancellationToken cancellationToken)
    {
        using var scope = NewDisposeScope();
        var rows = standardization.Apply(states);
        if (rejected is not null) rows = rows.sub(standardization.Apply(rejected));
        using var generator = new torch.Generator(1, CPU);
        using var weights = LossDescent.Uniform(0, generator, rows.shape[1], 1);
        using var bias = LossDescent.Uniform(0, generator, 1);
        var targets = tensor(labels);
        LossDescent.Run(rejected is null ? [weights, bias] : [weights], options.Descent, _ =>
        {
            var odds = rows.matmul(weights).squeeze(-1);
            if (rejected is null) odds = odds.add(bias, KeptScalars.One);
            return (functional.binary_cross_entropy_with_logits(odds, targets), labels.Length);
        }, progress, cancellationToken);
        double[] fitted = [.. LossDescent.Values(weights).Select((weight, i) => weight / standardization.Deviations[i])];
        return new LinearHead(fitted, LossDescent.Values(bias)[0] - fitted.Select((weight, i) => weight * standardization.Means[i]).Sum());
    }
}
