using Decant.Connectors.Cpu;
using Decant.Connectors.Models;
using Decant.Connectors.Torch;
using Decant.Connectors.Training;
using Decant.Tests.Connectors.Torch;
using static TorchSharp.torch;

namespace Decant.Tests.Connectors.Training;

/// <summary>A two-layer model learns to count modulo 16.</summary>
public sealed class TrainerTests : IDisposable
{
    private const int Vocabulary = 16;
    private static readonly TrainerOptions _options = new() { Steps = 40, RowLength = 16, BatchRows = 4, LearningRate = 0.01, WarmUpSteps = 5, CheckpointEvery = 0 };
    private readonly string _root = Directory.CreateTempSubdirectory("decant-test-").FullName;

    public void Dispose() => Directory.Delete(_root, recursive: true);

    [TorchTheory]
    [InlineData(TrainingPrecision.Float32)]
    [InlineData(TrainingPrecision.BFloat16)]
    public void LossFallsAndHeldOutTextsAreLearned(TrainingPrecision precision)
    {
        using var trainer = Trainer.Open(Folder(), _options with { Steps = 150, Precision = precision });
        var before = trainer.Measure(Counting(99).Take(20));
        var losses = Train(trainer);
        Assert.InRange(before, 2.5, 3.1);
        Assert.InRange(losses[0], 2.5, 3.1);
        Assert.InRange(trainer.Measure(Counting(99).Take(20)), 0, 0.1);
    }

    [TorchFact]
    public void SameSeedSameWeights()
    {
        Assert.Equal(Trained(_options), Trained(_options));
        Assert.NotEqual(Trained(_options), Trained(_options with { Seed = 2 }));
    }

    [TorchTheory]
    [InlineData(TrainingPrecision.Float32)]
    [InlineData(TrainingPrecision.BFloat16)]
    public void AccumulatedPartsEqualOneBatch(TrainingPrecision precision)
    {
        var whole = Trained(_options with { Steps = 3, BatchRows = 8, Precision = precision });
        var parts = Trained(_options with { Steps = 3, BatchRows = 2, Accumulation = 4, Precision = precision });
        var tolerance = precision == TrainingPrecision.Float32 ? 1e-4f : 2e-2f;
        Assert.All(whole.Zip(parts), pair => Assert.Equal(pair.First, pair.Second, tolerance));
    }

    [TorchTheory]
    [InlineData(TrainingPrecision.Float32)]
    [InlineData(TrainingPrecision.BFloat16)]
    public void StoppedRunGoesOnAsIfNothingHadHappened(TrainingPrecision precision)
    {
        var options = _options with { Precision = precision };
        var whole = Trained(options);
        var folder = Folder();
        using (var stopped = Trainer.Open(folder, options with { CheckpointEvery = 15 }))
        {
            using var cancellation = new CancellationTokenSource();
            var progress = new Listener(step => { if (step.Step == 20) cancellation.Cancel(); });
            Assert.Throws<OperationCanceledException>(() => stopped.Train(Counting(1), progress, cancellation.Token));
        }

        using var resumed = Trainer.Open(folder, options);
        Assert.Equal(15, resumed.Step);
        Train(resumed);
        Assert.Equal(whole, Weights(resumed));
    }

    [TorchFact]
    public void ResumingWithAnotherBatchIsRefused()
    {
        var folder = Folder();
        using (var trainer = Trainer.Open(folder, _options with { Steps = 2 })) Train(trainer);
        Assert.Contains("BatchRows", Assert.Throws<ArgumentException>(() => Trainer.Open(folder, _options with { BatchRows = 5 })).Message);
    }

    [TorchFact]
    public async Task TheCpuEngineReadsTheExport()
    {
        var folder = Folder();
        using var trainer = Trainer.Open(folder, _options);
        Train(trainer);
        trainer.Export(ElementType.F32);

        int[] ids = [3, 4, 5, 6, 7];
        using var model = CpuModel.Load(folder);
        using var sequence = model.OpenSequence();
        using var result = await sequence.ForwardAsync(new ForwardInput(ids) { Logits = LogitsRows.All });
        using var scope = NewDisposeScope();
        var expected = trainer.Model.Forward(tensor(ids.Select(id => (long)id).ToArray(), [1, ids.Length])).data<float>().ToArray();
        for (var row = 0; row < ids.Length; row++)
            Assert.All(result.Logits(row).ToArray().Zip(expected.Skip(row * Vocabulary)), pair => Assert.Equal(pair.Second, pair.First, 1e-4f));
        Assert.Equal(8, result.ArgMax(4));
    }

    [TorchFact]
    public void AStudentComesCloserToItsTeacher()
    {
        var teacherFolder = Folder();
        using var trained = Trainer.Open(teacherFolder, _options with { Steps = 150 });
        Train(trained);
        // Nothing but the teacher says what is right: the examples are random.
        var random = new Random(5);
        var noise = Enumerable.Range(0, 400).Select(_ => new TrainingExample([.. Enumerable.Range(0, 12).Select(_ => random.Next(Vocabulary))])).ToList();
        using var student = Trainer.Open(Folder(), _options with { Steps = 150, Seed = 7, Distillation = new DistillationOptions { Weight = 1 } }, trained.Model);
        student.Train(noise);
        Assert.InRange(student.Measure(Counting(99).Take(20)), 0, 0.6);
    }

    [TorchFact]
    public void DivergenceStopsAndKeepsTheLastGoodCheckpoint()
    {
        var folder = Folder();
        using var trainer = Trainer.Open(folder, _options with { CheckpointEvery = 1 });
        var progress = new Listener(step =>
        {
            if (step.Step != 3) return;
            // A weight that overflowed, as too large a rate makes them.
            using var gradients = no_grad();
            trainer.Model.Parameters["model.norm.weight"].fill_(float.NaN);
        });
        var failure = Assert.Throws<TrainingDivergedException>(() => trainer.Train(Counting(1), progress));
        Assert.Equal(2, TrainingStep(failure.Checkpoint!));
        using var again = Trainer.Open(folder, _options);
        Assert.Equal(2, again.Step);
        Assert.InRange(again.Measure(Counting(99).Take(5)), 0.1, 4);
    }

    [TorchFact]
    public void WhatCannotBeLearnedFromIsNamed()
    {
        using var trainer = Trainer.Open(Folder(), _options);
        Assert.Throws<ArgumentException>(() => trainer.Train([]));
        Assert.Contains("16", Assert.Throws<ArgumentException>(() => trainer.Train([new TrainingExample([1, 2, 16])])).Message);
        Assert.Throws<InvalidDataException>(() => trainer.Train([new TrainingExample([1, 2, 3], [false, false, false])]));
        Assert.Throws<ArgumentException>(() => trainer.Train([new TrainingExample([1, 2, 3], [true])]));
        Assert.Throws<ArgumentOutOfRangeException>(() => Trainer.Open(Folder(), _options with { RowLength = 65 }));
        Assert.Throws<ArgumentOutOfRangeException>(() => Trainer.Open(Folder(), _options with { LearningRate = double.NaN }));
        Assert.Throws<FileNotFoundException>(() => Trainer.Open(_root, _options));
        using var other = TorchTransformer.Create(trainer.Model.Config with { VocabularySize = 17 }, 1);
        Assert.Contains("tokenizer", Assert.Throws<ArgumentException>(() => Trainer.Open(Folder(), _options, other)).Message);
        Assert.Equal(0, trainer.Step);
    }

    [TorchTheory]
    [InlineData(TrainingPrecision.Float32)]
    [InlineData(TrainingPrecision.BFloat16)]
    public void StepsLeaveNoTensors(TrainingPrecision precision)
    {
        using var trainer = Trainer.Open(Folder(), _options with { Precision = precision });
        // The allocator's own view: what finalizers would free later counts as lost.
        var counts = new List<long>();
        trainer.Train(Counting(1), new Listener(_ => counts.Add(TorchSharp.torch.Tensor.TotalCount)));
        Assert.InRange(counts[^1] - counts[10], -5, 5);
    }

    [Fact]
    public void RateWarmsUpAndFollowsHalfACosine()
    {
        var options = new TrainerOptions { Steps = 111, LearningRate = 1, WarmUpSteps = 10, FinalRate = 0.2 };
        Assert.Equal(0.1, options.RateAt(0), 12);
        Assert.Equal(1, options.RateAt(9), 12);
        Assert.Equal(1, options.RateAt(10), 12);
        Assert.Equal(0.6, options.RateAt(60), 12);
        Assert.Equal(0.2, options.RateAt(110), 12);
    }

    private static int TrainingStep(string checkpoint) => int.Parse(checkpoint.Split('-')[^1], System.Globalization.CultureInfo.InvariantCulture);

    private static IEnumerable<TrainingExample> Counting(int seed)
    {
        for (var random = new Random(seed); ;)
        {
            var start = random.Next(Vocabulary);
            yield return new TrainingExample([.. Enumerable.Range(start, 5 + random.Next(8)).Select(i => i % Vocabulary)]);
        }
    }

    private static List<double> Train(Trainer trainer)
    {
        var losses = new List<double>();
        trainer.Train(Counting(1), new Listener(step => losses.Add(step.Loss)));
        return losses;
    }

    private static float[] Weights(Trainer trainer)
    {
        using var scope = NewDisposeScope();
        return [.. trainer.Model.Parameters.Values.SelectMany(weight => weight.detach().data<float>().ToArray())];
    }

    private float[] Trained(TrainerOptions options)
    {
        using var trainer = Trainer.Open(Folder(), options);
        Train(trainer);
        return Weights(trainer);
    }

    private string Folder()
    {
        var folder = Directory.CreateDirectory(Path.Combine(_root, Guid.NewGuid().ToString("N"))).FullName;
        File.WriteAllText(Path.Combine(folder, "config.json"), $$"""
            {"model_type":"llama","vocab_size":{{Vocabulary}},"hidden_size":32,"intermediate_size":64,"num_hidden_layers":2,"num_attention_heads":2,
             "num_key_value_heads":1,"max_position_embeddings":64,"rms_norm_eps":1e-5,"tie_word_embeddings":true}
            """);
        return folder;
    }

    private sealed class Listener(Action<TrainingProgress> action) : IProgress<TrainingProgress>
    {
        public void Report(TrainingProgress value) => action(value);
    }
}
