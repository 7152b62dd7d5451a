namespace Decant.Samples.GpuCheck;

/// <summary>What the check prints.</summary>
/// <param name="Date">When it ran, UTC.</param>
/// <param name="Device">The device that was asked for.</param>
/// <param name="Hardware">The GPU's name and driver as nvidia-smi says, or the processor count.</param>
/// <param name="Libtorch">Where libtorch came from.</param>
/// <param name="CopyGigabytesPerSecond">Bytes read plus bytes written while copying within the device.</param>
/// <param name="Correct">The comparison with the CPU engine.</param>
/// <param name="Speeds">One entry per shape.</param>
internal sealed record Report(
    DateTime Date, string Device, string Hardware, string Libtorch, Spread CopyGigabytesPerSecond, Correctness Correct, IReadOnlyList<Speed> Speeds);

/// <summary>Rounds of one measurement.</summary>
/// <param name="Median">The middle one.</param>
/// <param name="Least">The smallest.</param>
/// <param name="Most">The largest.</param>
/// <param name="Rounds">How many there were.</param>
internal sealed record Spread(double Median, double Least, double Most, int Rounds)
{
    public static Spread Of(IEnumerable<double> values)
    {
        var sorted = values.Order().ToList();
        return new Spread(Round(sorted[sorted.Count / 2]), Round(sorted[0]), Round(sorted[^1]), sorted.Count);
    }

    private static double Round(double value) => value == 0 ? 0 : Math.Round(value, Math.Clamp(3 - (int)Math.Floor(Math.Log10(Math.Abs(value))), 0, 12));
}

/// <summary>The Torch engine on the device against the CPU engine, on a small model with random float32 weights.</summary>
/// <param name="Passed">Whether float32 logits agree within 1e-4 of the largest (1e-3 on CUDA, whose sums run in another order) and the greedy ids are the same.</param>
/// <param name="Float32Error">Largest difference of float32 logits over the largest logit.</param>
/// <param name="BatchError">The same for a batch of decodes, a prompt and a tree in one forward.</param>
/// <param name="WeightsError">Root mean square error with the weight format that was asked for, over the logits' own.</param>
/// <param name="SameGreedyIds">Whether 40 greedy tokens are the same.</param>
internal sealed record Correctness(bool Passed, double Float32Error, double BatchError, double WeightsError, bool SameGreedyIds);

/// <summary>One shape's measurements, at a context of 128 tokens.</summary>
/// <param name="Shape">Its name.</param>
/// <param name="Weights">The format.</param>
/// <param name="WeightMegabytes">Bytes of weights that a decode step reads, in 10⁶.</param>
/// <param name="LoadSeconds">From files to the device.</param>
/// <param name="Decode1">Tokens per second of one sequence.</param>
/// <param name="Decode32">Tokens per second of 32 sequences together.</param>
/// <param name="Decode1Fraction">Weight bytes read per second by <paramref name="Decode1"/>, over the device's copy bandwidth.</param>
/// <param name="VerifyMilliseconds">A forward of 1 … 32 rows of one sequence, by the number of rows.</param>
/// <param name="Prefill512">Tokens per second of a prompt of 512.</param>
/// <param name="Prefill2048">Tokens per second of a prompt of 2,048.</param>
internal sealed record Speed(
    string Shape, string Weights, double WeightMegabytes, double LoadSeconds, Spread Decode1, Spread Decode32, double Decode1Fraction,
    IReadOnlyDictionary<int, Spread> VerifyMilliseconds, Spread Prefill512, Spread Prefill2048);
