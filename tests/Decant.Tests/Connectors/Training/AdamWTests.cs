using Decant.Connectors.Torch;
using Decant.Connectors.Training;
using Decant.Tests.Connectors.Torch;
using static TorchSharp.torch;
using AdamW = Decant.Connectors.Training.AdamW;
using Parameter = TorchSharp.Modules.Parameter;

namespace Decant.Tests.Connectors.Training;

public sealed class AdamWTests
{
    private static readonly TrainerOptions _options = new() { Steps = 10, ClipNorm = 1.5, WeightDecay = 0.1 };

    [TorchFact]
    public void EqualsTheTextbookNumberByNumber()
    {
        TorchBackend.Load();
        var random = new Random(4);
        double[] start = [.. Enumerable.Range(0, 10).Select(_ => random.NextDouble() - 0.5)];
        // Six weights of a matrix, which decay, and four of a vector.
        using var matrix = new Parameter(tensor(start[..6].Select(x => (float)x).ToArray(), [2, 3]), true);
        using var vector = new Parameter(tensor(start[6..].Select(x => (float)x).ToArray(), [4]), true);
        using var adam = new AdamW([matrix, vector], _options);

        double[] weights = [.. start], first = new double[10], second = new double[10];
        for (var step = 0; step < 5; step++)
        {
            double[] gradient = [.. Enumerable.Range(0, 10).Select(_ => 3 * (random.NextDouble() - 0.5))];
            matrix.grad = tensor(gradient[..6].Select(x => (float)x).ToArray(), [2, 3]);
            vector.grad = tensor(gradient[6..].Select(x => (float)x).ToArray(), [4]);
            var rate = 0.01 * (step + 1);
            var norm = Math.Sqrt(gradient.Sum(g => g * g));
            Assert.Equal(norm, adam.Step(step, rate), 5);
            for (var i = 0; i < 10; i++)
            {
                var g = gradient[i] * Math.Min(1, 1.5 / norm);
                first[i] = 0.9 * first[i] + 0.1 * g;
                second[i] = 0.98 * second[i] + 0.02 * g * g;
                if (i < 6) weights[i] -= rate * 0.1 * weights[i];
                weights[i] -= rate * (first[i] / (1 - Math.Pow(0.9, step + 1))) / (Math.Sqrt(second[i] / (1 - Math.Pow(0.98, step + 1))) + 1e-8);
            }

            float[] now = [.. matrix.detach().data<float>(), .. vector.detach().data<float>()];
            Assert.All(weights.Zip(now), pair => Assert.Equal(pair.First, pair.Second, 5));
        }
    }

    [TorchFact]
    public void AGradientThatIsNoNumberChangesNothing()
    {
        TorchBackend.Load();
        using var weight = new Parameter(ones(2, 2), true);
        using var adam = new AdamW([weight], _options);
        weight.grad = full([2, 2], float.NaN);
        Assert.False(double.IsFinite(adam.Step(0, 0.1)));
        Assert.Equal([1f, 1, 1, 1], weight.detach().data<float>().ToArray());
    }

    [TorchFact]
    public void DamagedStateIsNamed()
    {
        TorchBackend.Load();
        var path = Path.Combine(Directory.CreateTempSubdirectory("decant-test-").FullName, "optimizer.safetensors");
        using var small = new Parameter(ones(2, 2), true);
        using var large = new Parameter(ones(3, 3), true);
        using var adam = new AdamW([small], _options);
        adam.Save(path);
        using var other = new AdamW([large], _options);
        Assert.Contains(path, Assert.Throws<InvalidDataException>(() => other.Load(path)).Message);
        File.WriteAllBytes(path, new byte[20]);
        Assert.Throws<InvalidDataException>(() => adam.Load(path));
    }
}
