using System.Diagnostics;
using TorchSharp.Modules;
using static TorchSharp.torch;

namespace Decant.Connectors.Training;

/// <summary>Makes a loss small, step by step, with AdamW: what trainers of small networks have in common.</summary>
internal static class LossDescent
{
    /// <param name="weights">What is learned.</param>
    /// <param name="options">Steps, rates and decay.</param>
    /// <param name="loss">Given the step, the mean loss of its batch and how many examples or tokens that has. Its tensors belong to the step.</param>
    /// <param name="progress">Told after every step, or null.</param>
    /// <param name="cancellationToken">Observed between steps.</param>
    /// <exception cref="TrainingDivergedException">The loss is no longer a number.</exception>
    public static void Run(Parameter[] weights, TrainerOptions options, Func<int, (Tensor Loss, int Read)> loss, IProgress<TrainingProgress>? progress, CancellationToken cancellationToken)
    {
        options.Validate();
        using var adam = new AdamW(weights, options);
        var watch = Stopwatch.StartNew();
        var (smoothed, total) = (double.NaN, 0L);
        for (var step = 0; step < options.Steps; step++)
        {
            cancellationToken.ThrowIfCancellationRequested();
            using var scope = NewDisposeScope();
            var (tensor, read) = loss(step);
            double value = tensor.item<float>();
            tensor.backward();
            var rate = options.RateAt(step);
            var norm = adam.Step(step, rate);
            if (!double.IsFinite(value) || !double.IsFinite(norm)) throw new TrainingDivergedException(step, null);
            smoothed = double.IsNaN(smoothed) ? value : smoothed + ((value - smoothed) / Math.Min(50, step + 1));
            total += read;
            progress?.Report(new TrainingProgress(step + 1, options.Steps, value, smoothed, rate, norm, total / watch.Elapsed.TotalSeconds, watch.Elapsed / (step + 1) * (options.Steps - step - 1)));
        }
    }

    /// <summary>A weight to learn, uniform in −bound … bound; the caller disposes it.</summary>
    public static Parameter Uniform(double bound, Generator generator, params long[] shape)
    {
        using var scope = NewDisposeScope();
        return (Parameter)new Parameter(empty(shape).uniform_(-bound, bound, generator)).DetachFromDisposeScope();
    }

    /// <summary>A tensor's values in host memory.</summary>
    public static float[] Values(Tensor tensor)
    {
        using var scope = NewDisposeScope();
        return [.. tensor.detach().cpu().contiguous().data<float>()];
    }
}
