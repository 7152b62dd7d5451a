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
/// Trains what a <see cref="SegmentScorer"/> reads with: of all continuations in a batch and all negatives, a prefix is to find its own (contrastive learning as in RankGen, Krishna et al. 2022, on the states of
/// a model that does not change). The same examples and options give the same projections.
/// </summary>
public static class SegmentScorerTrainer
{
    /// <summary>Trains projections.</summary>
    /// <param name="model">What reads the texts; it needs hidden states.</param>
    /// <param name="tokenizer">Its tokenizer.</param>
    /// <param name="examples">At least two; equal continuations are not held against each other.</param>
    /// <param name="options">Null for the defaults.</param>
    /// <param name="progress">Told after every step.</param>
    /// <param name="cancellationToken">Stops between two forwards and between two steps.</param>
    /// <exception cref="ArgumentException">There are too few examples, an option is out of range, or the model gives no hidden states.</exception>
    /// <exception cref="TrainingDivergedException">The loss is no longer a number: lower the learning rate.</exception>
    /// <exception cref="OperationCanceledException">Training was stopped.</exception>
    /// <exception cref="DllNotFoundException">There is no libtorch; the message says what to do.</exception>
    public static async Task<TrainedSegmentProjections> TrainAsync(
        ICausalModel model, TextTokenizer tokenizer, IReadOnlyList<SegmentExample> examples, SegmentScorerTrainerOptions? options = null, IProgress<TrainingProgress>? progress = null, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(examples);
        options ??= new SegmentScorerTrainerOptions();
        options.Validate();
        TorchBackend.Load();
        var states = new TextStates(model, tokenizer, options.Pooling);
        string[] texts = [.. examples.SelectMany(example => (IEnumerable<string>)[example.Prefix, example.Continuation, .. example.Negatives]).Distinct()];
        var read = await states.ReadAsync(texts, cancellationToken).ConfigureAwait(false);
        var stateOf = texts.Zip(read).ToDictionary(pair => pair.First, pair => pair.Second);
        var (learned, heldOut) = HeldOutSplit.Of(examples, options.HeldOut, options.Seed);
        var projections = Fit(learned, stateOf, options, progress, cancellationToken);
        return Measure(projections, heldOut, stateOf);
    }

    private static SegmentProjections Fit(List<SegmentExample> examples, Dictionary<string, float[]> stateOf, SegmentScorerTrainerOptions options, IProgress<TrainingProgress>? progress, CancellationToken cancellationToken)
    {
        var prefixes = new Standardization([.. examples.Select(example => stateOf[example.Prefix])]);
        var continuations = new Standardization([.. examples.Select(example => stateOf[example.Continuation])]);
        var size = prefixes.Means.Length;
        var width = options.Width ?? size;
        using var scope = NewDisposeScope();
        using var generator = new torch.Generator((ulong)options.Seed, CPU);
        var bound = 1 / Math.Sqrt(size * Math.Sqrt(width));
        using var prefixMap = LossDescent.Uniform(bound, generator, width, size);
        using var continuationMap = LossDescent.Uniform(bound, generator, width, size);
        var order = new Random(options.Seed);
        SegmentExample[] all = [.. examples];
        LossDescent.Run([prefixMap, continuationMap], options.Descent, _ =>
        {
            order.Shuffle(all);
            var batch = all.AsSpan(0, Math.Min(all.Length, options.BatchExamples)).ToArray();
            string[] choices = [.. batch.Select(example => example.Continuation), .. batch.Where(example => example.Negatives.Count > 0).Select(example => example.Negatives[order.Next(example.Negatives.Count)])];
            var queries = functional.linear(prefixes.Apply([.. batch.Select(example => stateOf[example.Prefix])]), prefixMap);
            var keys = functional.linear(continuations.Apply([.. choices.Select(choice => stateOf[choice])]), continuationMap);
            var scores = queries.matmul(keys.t()).add(Twins(batch, choices), KeptScalars.One);
            return (functional.cross_entropy(scores, tensor((long[])[.. Enumerable.Range(0, batch.Length)])), choices.Length);
        }, progress, cancellationToken);
        var (prefix, prefixBias) = Unfold(LossDescent.Values(prefixMap), prefixes, width);
        var (continuation, continuationBias) = Unfold(LossDescent.Values(continuationMap), continuations, width);
        return new SegmentProjections(size, options.Pooling, prefix, prefixBias, continuation, continuationBias);
    }

    // −∞ where another choice is the example's own continuation, word for word.
    private static Tensor Twins(SegmentExample[] batch, string[] choices)
    {
        var hidden = new float[batch.Length * choices.Length];
        for (var i = 0; i < batch.Length; i++)
        {
            for (var j = 0; j < choices.Length; j++)
            {
                if (i != j && choices[j] == batch[i].Continuation) hidden[(i * choices.Length) + j] = float.NegativeInfinity;
            }
        }

        return tensor(hidden, [batch.Length, choices.Length]);
    }

    /// <summary>The map for states as they are, of one for standardised states.</summary>
    private static (float[] Map, float[] Bias) Unfold(float[] map, Standardization standardization, int width)
    {
        var size = standardization.Means.Length;
        var bias = new float[width];
        for (var i = 0; i < width; i++)
        {
            for (var j = 0; j < size; j++)
            {
                ref var weight = ref map[(i * size) + j];
                weight = (float)(weight / standardization.Deviations[j]);
                bias[i] -= (float)(weight * standardization.Means[j]);
            }
        }

        return (map, bias);
    }

    private static TrainedSegmentProjections Measure(SegmentProjections projections, List<SegmentExample> heldOut, Dictionary<string, float[]> stateOf)
    {
        string[] choices = [.. heldOut.Select(example => example.Continuation).Distinct()];
        var keys = Array.ConvertAll(choices, choice => projections.Continuation(stateOf[choice]));
        var right = heldOut.Count(example =>
        {
            var query = projections.Prefix(stateOf[example.Prefix]);
            return choices.Zip(keys).MaxBy(choice => System.Numerics.Tensors.TensorPrimitives.Dot<float>(query, choice.Second)).First == example.Continuation;
        });
        return new TrainedSegmentProjections(projections, (double)right / heldOut.Count, choices.Length);
    }
}
