using System.Numerics.Tensors;

namespace Decant.Decoding;

/// <summary>
/// SLED: lets the last layer's logits evolve, by a few gradient steps, towards a distribution that all earlier layers together point to. No more forwards, but one output
/// head product per layer.
/// </summary>
/// <remarks>
/// Zhang et al., "SLED: Self Logits Evolution Decoding for Improving Factuality in Large Language Models" (2024). Where no layer points anywhere the row stays as it
/// is (the published code would cut it to its top tokens).
/// </remarks>
public sealed record LogitsEvolutionOptions : ContrastOptions
{
    /// <inheritdoc/>
    public override string Kind => "logits-evolution";

    /// <summary>The first step's size, which falls to 0; 0 … 5, 0 being plain decoding. Default: 2.</summary>
    public float Rate { get; init; } = 2;

    /// <summary>How many of the likeliest tokens the estimate is of; the others cannot come. 1 … 1000. Default: 10.</summary>
    public int TopK { get; init; } = 10;

    /// <summary>How many steps; 1 … 100. Default: 10.</summary>
    public int Steps { get; init; } = 10;

    /// <summary>The layers that estimate, as in <see cref="LayerContrastOptions.CandidateLayers"/>. Null: all but the last.</summary>
    public ValueList<int>? Layers { get; init; }

    /// <inheritdoc/>
    public override void Validate()
    {
        Check(Rate is >= 0 and <= 5, Rate, nameof(Rate), "from 0 to 5");
        Check(TopK is >= 1 and <= 1000, TopK, nameof(TopK), "from 1 to 1000");
        Check(Steps is >= 1 and <= 100, Steps, nameof(Steps), "from 1 to 100");
        Check(Layers is null or { Count: > 0 }, Layers, nameof(Layers), "at least one layer, or null for all");
    }

    /// <inheritdoc/>
    public override ILogitPolicy Compile(PlanContext context)
        => new LogitsEvolution(EarlyLayers.Of(this, Layers ?? [.. Enumerable.Range(0, context.Model.LayerCount)], nameof(Layers), context.Model), Rate, TopK, Steps);
}

internal sealed class LogitsEvolution(ValueList<int> layers, float rate, int topK, int steps) : ILogitPolicy
{
    public IReadOnlyList<BranchRequest> Branches { get; } = [BranchRequest.Target];

    public Taps Taps { get; } = new() { EarlyExitLayers = layers };

    public void Combine(in BranchRows rows, GenerationState state, RowScratch scratch, Span<float> destination, ref RowReport report)
    {
        report.Weight = rate;
        rows.Main.CopyTo(destination);
        if (rate == 0 || !float.IsFinite(TensorPrimitives.Max(rows.Main))) return;
        var top = Candidate.Largest(rows.Main, topK, stackalloc ulong[Candidate.LargestBufferLength(topK)], stackalloc int[topK]);
        Span<float> latent = stackalloc float[top.Length];
        latent.Clear();
        foreach (var layer in layers.Span) Estimate(rows.Main, rows.EarlyExit(layer), top, scratch, latent);
        var sum = TensorPrimitives.Sum(latent);
        if (sum == 0) return;
        TensorPrimitives.Divide(latent, sum, latent);
        for (var step = 0; step < steps; step++) Evolve(destination, top, latent, rate * (1 - ((float)step / steps)), scratch.Floats(0, destination.Length));
    }

    public void Mask(in BranchRows rows, RowScratch scratch, Span<float> destination, ref RowReport report)
    {
        if (destination.SequenceEqual(rows.Main)) return;
        var top = Candidate.Largest(rows.Main, topK, stackalloc ulong[Candidate.LargestBufferLength(topK)], stackalloc int[topK]);
        RowMath.KeepOnly(top, destination, scratch);
        report.ImplausibleCount = destination.Length - top.Length;
    }

    /// <summary>
    /// Adds what a layer says for each token: the squared cosine, where it is positive, between the layer's way to the last one and the gradient that would lead there
    /// if the token were the truth.
    /// </summary>
    private static void Estimate(ReadOnlySpan<float> last, ReadOnlySpan<float> early, ReadOnlySpan<int> top, RowScratch scratch, Span<float> latent)
    {
        var probabilities = scratch.Floats(0, last.Length);
        var way = scratch.Floats(1, last.Length);
        RowMath.Softmax(early, probabilities);
        RowMath.Weigh(early, 1, last, -1, way);

        // Padding has no way to go.
        for (var i = 0; i < way.Length; i++) way[i] = way[i] == float.NegativeInfinity ? 0 : way[i];
        var wayLength = TensorPrimitives.Norm(way);
        if (wayLength == 0) return;
        var along = TensorPrimitives.Dot(probabilities, way);
        var square = TensorPrimitives.SumOfSquares(probabilities);
        for (var i = 0; i < top.Length; i++)
        {
            // (p − e) · way and |p − e|², with e the token's unit vector.
            var gradientLength = MathF.Sqrt(Math.Max(0, square - (2 * probabilities[top[i]]) + 1));
            if (gradientLength == 0) continue;
            var cosine = (along - way[top[i]]) / (wayLength * gradientLength);
            if (cosine > 0) latent[i] += cosine * cosine;
        }
    }

    private static void Evolve(Span<float> logits, ReadOnlySpan<int> top, ReadOnlySpan<float> latent, float stepSize, Span<float> gradient)
    {
        RowMath.Softmax(logits, gradient);
        for (var i = 0; i < top.Length; i++) gradient[top[i]] -= latent[i];
        TensorPrimitives.MultiplyAdd(gradient, -stepSize, logits, logits);
    }
}
