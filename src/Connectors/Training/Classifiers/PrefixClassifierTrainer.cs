using System.Runtime.InteropServices;
using Decant.Connectors.Text;
using Decant.Connectors.Torch;
using Decant.Decoding;
using TorchSharp;
using TorchSharp.Modules;
using static TorchSharp.torch;
using static TorchSharp.torch.nn;

namespace Decant.Connectors.Training;

/// <summary>Trains <see cref="PrefixClassifier"/>s: every beginning of a text learns the text's label (Yang and Klein, "FUDGE", 2021). The same texts and options give the same classifier.</summary>
public static class PrefixClassifierTrainer
{
    /// <summary>Trains a classifier; it takes a libtorch, on the CPU.</summary>
    /// <param name="tokenizer">Of the model that is to be guided. Texts end with its end of turn, as answers do.</param>
    /// <param name="texts">Texts of both kinds, at least two of each: answers as the model writes them, without prompts.</param>
    /// <param name="options">Null for the defaults.</param>
    /// <param name="progress">Told after every step.</param>
    /// <param name="cancellationToken">Stops between two steps.</param>
    /// <exception cref="ArgumentException">A kind of text is missing, or an option is out of range.</exception>
    /// <exception cref="TrainingDivergedException">The loss is no longer a number: lower the learning rate.</exception>
    /// <exception cref="OperationCanceledException">Training was stopped.</exception>
    /// <exception cref="DllNotFoundException">There is no libtorch; the message says what to do.</exception>
    public static TrainedPrefixClassifier Train(
        TextTokenizer tokenizer, IReadOnlyList<LabelledText> texts, PrefixClassifierTrainerOptions? options = null, IProgress<TrainingProgress>? progress = null, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(tokenizer);
        ArgumentNullException.ThrowIfNull(texts);
        options ??= new PrefixClassifierTrainerOptions();
        options.Validate();
        var (learned, heldOut) = HeldOutSplit.Of(texts, options.HeldOut, options.Seed);
        TorchBackend.Load();

        // Any of the model's end tokens may end an answer: each must have been seen.
        int[][] ends = tokenizer.EndOfTurn.Count == 0 ? [[]] : [.. tokenizer.EndOfTurn.Select(end => (int[])[end])];
        (int[] Tokens, bool Label)[] examples = [.. learned.SelectMany(text => ends.Select(end => Example(text, end)))];
        using var network = new Network(tokenizer.Count, options);
        var order = new Random(options.Seed);
        LossDescent.Run(network.Weights, options.Descent, _ => network.Loss(order.GetItems(examples, options.BatchTexts)), progress, cancellationToken);

        var classifier = network.ToClassifier(VocabularyId.Of(tokenizer));
        var read = heldOut.ConvertAll(text => (Beginnings: classifier.Probabilities(Example(text, ends[0]).Tokens), text.Label));
        return new TrainedPrefixClassifier(
            classifier,
            ClassifierQuality.Of(read.ConvertAll(text => (text.Beginnings[^1], text.Label)), 0.5),
            ClassifierQuality.Of([.. read.SelectMany(text => text.Beginnings[1..].Select(probability => (probability, text.Label)))], 0.5));

        (int[] Tokens, bool Label) Example(LabelledText text, int[] end)
        {
            int[] tokens = [.. tokenizer.Encode(text.Text, addSpecialTokens: false, parseSpecialTokens: false), .. end];
            return (tokens.Length > 0 ? tokens[..Math.Min(tokens.Length, options.MaxTokens)] : throw new ArgumentException("A text is empty.", nameof(texts)), text.Label);
        }
    }

    /// <summary>The classifier's network as a differentiable function of texts.</summary>
    private sealed class Network : IDisposable
    {
        private readonly PrefixClassifierTrainerOptions _options;
        private readonly Parameter _embedding;
        private readonly GRU _recurrent;
        private readonly Parameter _output;
        private readonly Parameter _bias;

        public Network(int tokens, PrefixClassifierTrainerOptions options)
        {
            _options = options;
            using var generator = new torch.Generator((ulong)options.Seed, CPU);
            var bound = 1 / Math.Sqrt(options.StateSize);
            _embedding = LossDescent.Uniform(1, generator, tokens, options.Width);
            _recurrent = GRU(options.Width, options.StateSize, batchFirst: true);
            using (no_grad())
            {
                // libtorch's own start is not this seed's.
                foreach (var weight in _recurrent.parameters()) weight.uniform_(-bound, bound, generator);
            }

            _output = LossDescent.Uniform(bound, generator, options.StateSize);
            _bias = LossDescent.Uniform(bound, generator, 1);
            Weights = [_embedding, .. _recurrent.parameters(), _output, _bias];
        }

        public Parameter[] Weights { get; }

        /// <summary>The mean cross-entropy over all beginnings of the texts.</summary>
        public (Tensor Loss, int Read) Loss((int[] Tokens, bool Label)[] texts)
        {
            var length = texts.Max(text => text.Tokens.Length);
            var (ids, labels, weights) = (new long[texts.Length * length], new float[texts.Length * length], new float[texts.Length * length]);
            var read = texts.Sum(text => text.Tokens.Length);
            for (var i = 0; i < texts.Length; i++)
            {
                var (tokens, label) = texts[i];
                for (var j = 0; j < tokens.Length; j++) ids[(i * length) + j] = tokens[j];
                labels.AsSpan(i * length, length).Fill(label ? 1 : 0);
                weights.AsSpan(i * length, tokens.Length).Fill(1f / read);
            }

            var embedded = _embedding.index_select(0, tensor(ids)).view(texts.Length, length, _options.Width);
            var (states, _) = _recurrent.call(embedded, zeros(1, texts.Length, _options.StateSize));
            var odds = states.reshape(-1, _options.StateSize).matmul(_output).add(_bias, KeptScalars.One);
            return (functional.binary_cross_entropy_with_logits(odds, tensor(labels), tensor(weights), Reduction.Sum), read);
        }

        public PrefixClassifier ToClassifier(VocabularyId vocabulary)
        {
            using var scope = NewDisposeScope();
            var recurrent = _recurrent.named_parameters().ToDictionary(weight => weight.name, weight => weight.parameter);
            float[] weights =
            [
                .. LossDescent.Values(_embedding), .. LossDescent.Values(recurrent["weight_ih_l0"].t()), .. LossDescent.Values(recurrent["weight_hh_l0"].t()),
                .. LossDescent.Values(recurrent["bias_ih_l0"]), .. LossDescent.Values(recurrent["bias_hh_l0"]), .. LossDescent.Values(_output), .. LossDescent.Values(_bias),
            ];
            return new PrefixClassifier(vocabulary, _options.Width, _options.StateSize, MemoryMarshal.AsBytes(weights.AsSpan()).ToArray());
        }

        public void Dispose()
        {
            _embedding.Dispose();
            _recurrent.Dispose();
            _output.Dispose();
            _bias.Dispose();
        }
    }
}
