using System.Numerics;
using System.Numerics.Tensors;

namespace Decant.Decoding;

/// <summary>
/// COIECD: contrasts with and without the context only for tokens outside an information bound: tokens that are likely with the context (within a factor of the
/// likeliest) or hardly possible start from the log-probability with it, all others from the one without, and every token is then moved by
/// α · (with − without).
/// </summary>
/// <remarks>
/// Yuan et al., "Discerning and Resolving Knowledge Conflicts through Adaptive Decoding with Contextual Information-Entropy Constraint" (2024), as its published
/// code has it. The entropy that the code subtracts cancels in its softmax, so the bound depends on the distribution with the context alone. If exactly one
/// token is likely, it starts from the side without context. Not an identity at α = 0.
/// </remarks>
public sealed record EntropyConstrainedContextOptions : ContrastOptions
{
    /// <inheritdoc/>
    public override string Kind => "entropy-constrained-context";

    /// <summary>How strongly to move; 0 … 5. Default: 1.</summary>
    public float Alpha { get; init; } = 1;

    /// <summary>λ, the bound's factor: a token is likely if its probability is more than the largest one divided by λ, hardly possible if it is less than λ times the smallest. Above 1. Default: 4.</summary>
    public float BoundRatio { get; init; } = 4;

    /// <inheritdoc cref="ContextAwareOptions.Context"/>
    public ValueList<string>? Context { get; init; }

    /// <inheritdoc/>
    public override void Validate()
    {
        Check(Alpha is >= 0 and <= 5, Alpha, nameof(Alpha), "from 0 to 5");
        Check(BoundRatio > 1 && float.IsFinite(BoundRatio), BoundRatio, nameof(BoundRatio), "a finite number above 1");
    }

    /// <inheritdoc/>
    public override ILogitPolicy Compile(PlanContext context) => new EntropyConstrainedContrast(ContextAwareOptions.WithoutContext(Context), Alpha, MathF.Log(BoundRatio));
}

internal sealed class EntropyConstrainedContrast(BranchRequest without, float alpha, float margin) : ILogitPolicy
{
    public IReadOnlyList<BranchRequest> Branches { get; } = [BranchRequest.Target, without];

    public void Combine(in BranchRows rows, GenerationState state, RowScratch scratch, Span<float> destination, ref RowReport report)
    {
        report.Weight = alpha;
        var with = RowMath.LogSoftmax(rows.Main, scratch.Floats(0, destination.Length));
        var without = RowMath.LogSoftmax(rows[1], scratch.Floats(1, destination.Length));

        // The code bounds softmax(−ln p); a softmax shifts all its logarithms alike, so the bounds can be put on ln p itself.
        var likely = TensorPrimitives.Max(with) - margin;
        var hardly = SmallestFinite(with) + margin;
        if (IsAlone(with, likely)) likely = float.PositiveInfinity;
        var start = scratch.Floats(2, destination.Length);
        Choose(with, likely, hardly, without, start);
        RowMath.Extrapolate(start, with, without, alpha, destination);
    }

    /// <summary>Takes <paramref name="with"/> above <paramref name="likely"/> and below <paramref name="hardly"/>, and <paramref name="without"/> in between.</summary>
    private static void Choose(ReadOnlySpan<float> with, float likely, float hardly, ReadOnlySpan<float> without, Span<float> destination)
    {
        var (top, bottom) = (new Vector<float>(likely), new Vector<float>(hardly));
        var i = 0;
        for (; i + Vector<float>.Count <= with.Length; i += Vector<float>.Count)
        {
            var value = new Vector<float>(with[i..]);
            Vector.ConditionalSelect(Vector.GreaterThan(value, top) | Vector.LessThan(value, bottom), value, new Vector<float>(without[i..])).CopyTo(destination[i..]);
        }

        for (; i < with.Length; i++) destination[i] = with[i] > likely || with[i] < hardly ? with[i] : without[i];
    }

    private static float SmallestFinite(ReadOnlySpan<float> row)
    {
        var smallest = TensorPrimitives.Min(row);
        if (smallest > float.NegativeInfinity) return smallest;
        smallest = float.PositiveInfinity;
        foreach (var value in row)
        {
            if (value < smallest && value > float.NegativeInfinity) smallest = value;
        }

        return smallest;
    }

    private static bool IsAlone(ReadOnlySpan<float> row, float likely)
    {
        var count = 0;
        foreach (var value in row)
        {
            if (value > likely && ++count > 1) return false;
        }

        return count == 1;
    }
}
