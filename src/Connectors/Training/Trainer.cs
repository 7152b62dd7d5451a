using System.Diagnostics;
using Decant.Connectors.Models;
using Decant.Connectors.Torch;
using TorchSharp;
using static TorchSharp.torch;
using static TorchSharp.torch.nn;

namespace Decant.Connectors.Training;

/// <summary>
/// Trains a causal language model on examples: from nothing, from given weights, or from another model (distillation). AdamW with warm-up, cosine and
/// clipping; the loss is the mean cross-entropy of the learned tokens.
/// </summary>
/// <remarks>
/// The same folder, options, examples and number of threads give the same weights. A run that is stopped goes on from its last checkpoint as if
/// nothing had happened, provided it is given the same examples. Not safe for concurrent use.
/// </remarks>
public sealed class Trainer : IDisposable
{
    private readonly TrainingFolder _folder;
    private readonly TrainerOptions _options;
    private readonly TorchTransformer? _teacher;
    private readonly WeightUpdate _update;
    private string? _checkpoint;

    private Trainer(TrainingFolder folder, TrainerOptions options, TorchTransformer model, TorchTransformer? teacher)
    {
        (_folder, _options, Model, _teacher) = (folder, options, model, teacher);
        _update = new WeightUpdate(model, options);
    }

    /// <summary>The model, as trained so far.</summary>
    public TorchTransformer Model { get; }

    /// <summary>Updates done, earlier runs included.</summary>
    public int Step { get; private set; }

    /// <summary>Called every <see cref="TrainerOptions.EvaluateEvery"/> steps, between two updates.</summary>
    public Action<Trainer>? Evaluate { get; set; }

    /// <summary>
    /// Opens a folder with a config.json and a tokenizer. Where it has a checkpoint, training goes on from there; else from its
    /// model.safetensors; else from random weights.
    /// </summary>
    /// <param name="folder">The folder; checkpoints are written below it.</param>
    /// <param name="options">How to train.</param>
    /// <param name="teacher">A model of the same vocabulary to learn from, or null. The caller disposes it.</param>
    /// <exception cref="FileNotFoundException">There is no config.json.</exception>
    /// <exception cref="ArgumentException">An option is out of range or not the checkpoint's, or the teacher has another vocabulary.</exception>
    /// <exception cref="InvalidDataException">A file is damaged; the message names it.</exception>
    /// <exception cref="DllNotFoundException">There is no libtorch; the message says what to do.</exception>
    public static Trainer Open(string folder, TrainerOptions options, TorchTransformer? teacher = null)
    {
        ArgumentException.ThrowIfNullOrEmpty(folder);
        ArgumentNullException.ThrowIfNull(options);
        options.Validate();
        var config = Checkpoint.ReadConfig(folder);
        if (options.RowLength > config.ContextLength)
            throw new ArgumentOutOfRangeException(nameof(options), options.RowLength, $"RowLength is longer than the model's context of {config.ContextLength} tokens.");
        if (teacher is not null && teacher.Config.VocabularySize != config.VocabularySize)
            throw new ArgumentException($"The teacher has {teacher.Config.VocabularySize} tokens, the student {config.VocabularySize}. They must share a tokenizer.", nameof(teacher));

        TorchBackend.Load();
        var device = new Device(options.Device);
        var place = new TrainingFolder(folder);
        var latest = place.Latest();
        if (latest is { } made && TrainingFolder.ReadState(made.Folder) is var state && state != TrainingState.Of(options))
            throw new ArgumentException($"{made.Folder} was made with {state}, the options say {TrainingState.Of(options)}. Use the same, or delete that folder to start anew.", nameof(options));
        var source = latest?.Folder ?? (File.Exists(place.WeightsPath) ? folder : null);
        var model = source is null ? TorchTransformer.Create(config, options.Seed, device) : TorchTransformer.Load(source, device);
        var trainer = new Trainer(place, options, model, teacher);
        if (latest is not { } checkpoint) return trainer;
        trainer._update.Load(TrainingFolder.OptimizerPath(checkpoint.Folder));
        (trainer.Step, trainer._checkpoint) = checkpoint;
        return trainer;
    }

    /// <summary>Trains up to <see cref="TrainerOptions.Steps"/> and writes the last checkpoint.</summary>
    /// <param name="examples">
    /// The examples, in the order they are learned from, possibly without end. When they end they are read again from the start. A run that goes on
    /// from a checkpoint passes over those it has seen.
    /// </param>
    /// <param name="progress">Told after every step.</param>
    /// <param name="cancellationToken">Stops between two steps; what was learned since the last checkpoint is lost unless <see cref="Save"/> is called.</param>
    /// <exception cref="ArgumentException">There are no examples, or one has an id outside the vocabulary.</exception>
    /// <exception cref="InvalidDataException">No token of a whole step is learned.</exception>
    /// <exception cref="TrainingDivergedException">The loss is no longer a number.</exception>
    public void Train(IEnumerable<TrainingExample> examples, IProgress<TrainingProgress>? progress = null, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(examples);
        using var batches = new BatchReader(examples, _options, Model.Config.VocabularySize);
        batches.Skip(Step);
        var watch = Stopwatch.StartNew();
        var first = Step;
        var smoothed = double.NaN;
        while (Step < _options.Steps)
        {
            cancellationToken.ThrowIfCancellationRequested();
            var loss = Learn(batches.Next(), out var norm);
            smoothed = double.IsNaN(smoothed) ? loss : smoothed + (loss - smoothed) / Math.Min(50, Step - first + 1);
            Step++;
            var perStep = watch.Elapsed / (Step - first);
            var tokens = _options.RowLength * _options.BatchRows * _options.Accumulation;
            progress?.Report(new TrainingProgress(
                Step, _options.Steps, loss, smoothed, _options.RateAt(Step - 1), norm, tokens / perStep.TotalSeconds, perStep * (_options.Steps - Step)));
            if (Step == _options.Steps || (_options.CheckpointEvery > 0 && Step % _options.CheckpointEvery == 0)) Save();
            if (_options.EvaluateEvery > 0 && Step % _options.EvaluateEvery == 0) Evaluate?.Invoke(this);
        }
    }

    /// <summary>Mean cross-entropy per learned token, in nats, without learning.</summary>
    /// <param name="examples">Held-out examples; all are read.</param>
    /// <exception cref="ArgumentException">There is nothing to measure, or an id is outside the vocabulary.</exception>
    public double Measure(IEnumerable<TrainingExample> examples)
    {
        ArgumentNullException.ThrowIfNull(examples);
        using var gradients = no_grad();
        double sum = 0;
        var count = 0;
        foreach (var rows in SequencePacker.Pack(examples, _options.RowLength + 1).Chunk(_options.BatchRows))
        {
            using var scope = NewDisposeScope();
            var batch = new TrainingBatch(rows, Model.Config.VocabularySize);
            if (batch.LearnedCount == 0) continue;
            count += batch.LearnedCount;
            sum += CrossEntropy(Logits(_update.Network, batch), batch).item<float>();
        }

        return count > 0 ? sum / count : throw new ArgumentException("There is no learned token in these examples.", nameof(examples));
    }

    /// <summary>Writes a checkpoint in Hugging Face layout, with what it takes to go on, and drops the one before.</summary>
    /// <returns>The checkpoint's folder.</returns>
    /// <exception cref="TrainingDivergedException">A weight is no longer a number; the checkpoint before stays.</exception>
    public string Save()
    {
        if (!_update.IsFinite()) throw new TrainingDivergedException(Step, _checkpoint);
        return _checkpoint = _folder.Write(Step, TrainingState.Of(_options), weights => Model.Save(weights), _update.Save);
    }

    /// <summary>Writes the finished model as model.safetensors into its folder.</summary>
    /// <param name="type">Element type in the file. Default: bfloat16.</param>
    public void Export(ElementType type = ElementType.BF16) => Model.Save(_folder.WeightsPath, type);

    /// <inheritdoc/>
    public void Dispose()
    {
        _update.Dispose();
        Model.Dispose();
    }

    private double Learn(IReadOnlyList<TrainingBatch> batches, out double norm)
    {
        using var scope = NewDisposeScope();
        var learned = batches.Sum(batch => batch.LearnedCount);
        if (learned == 0) throw new InvalidDataException($"No token of step {Step + 1} is learned: every entry of Learn is false. Check how the examples mark what to learn.");
        var loss = 0.0;
        using var part = (1.0 / learned).ToScalar();
        foreach (var batch in batches.Where(batch => batch.LearnedCount > 0))
        {
            using var forward = NewDisposeScope();
            var mean = Loss(batch) * part;
            loss += mean.item<float>();
            if (!double.IsFinite(loss)) throw new TrainingDivergedException(Step, _checkpoint);
            mean.backward();
            _update.Collect();
        }

        norm = _update.Apply(Step, _options.RateAt(Step));
        return double.IsFinite(norm) ? loss : throw new TrainingDivergedException(Step, _checkpoint);
    }

    private Tensor Loss(TrainingBatch batch)
    {
        var logits = Logits(_update.Network, batch);
        if (_teacher is null) return CrossEntropy(logits, batch);
        Tensor teacher;
        using (no_grad()) teacher = Logits(_teacher, batch);
        var weight = _options.Distillation.Weight;
        var divergence = DistillationLoss.Sum(logits, teacher, _options.Distillation) * KeptScalars.Of(weight);
        return divergence.add(CrossEntropy(logits, batch), KeptScalars.Of(1 - weight));
    }

    // Only the learned positions go through the head: on chat data that is the smaller part.
    private static Tensor Logits(TorchTransformer network, TrainingBatch batch)
    {
        var hidden = network.Hidden(batch.Inputs(network.Device));
        var rows = hidden.reshape(-1, hidden.shape[^1]).index_select(0, batch.LearnedPositions(network.Device));
        return network.Head(rows).to(ScalarType.Float32);
    }

    private static Tensor CrossEntropy(Tensor logits, TrainingBatch batch) =>
        functional.cross_entropy(logits, batch.Targets(logits.device), reduction: Reduction.Sum);
}
