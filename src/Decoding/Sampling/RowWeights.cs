using System.Numerics.Tensors;
using System.Runtime.InteropServices;
using System.Runtime.Intrinsics;

namespace Decant.Decoding;

/// <summary>Probabilities relative to the likeliest token's, whose weight is exactly 1: exp((z − max z) / T). A weight depends on its logit alone, not on where in a row it stands.</summary>
internal static class RowWeights
{
    /// <summary>Fills the weights of a row and returns their sum.</summary>
    /// <param name="logits">The row.</param>
    /// <param name="maximum">Its largest value.</param>
    /// <param name="temperature">T, above 0.</param>
    /// <param name="weights">Receives as many; may be the same memory.</param>
    public static double Fill(ReadOnlySpan<float> logits, float maximum, float temperature, Span<float> weights)
    {
        var (max, factor, sums) = (Vector512.Create(maximum), Vector512.Create(1 / temperature), Vector512<double>.Zero);
        ref var from = ref MemoryMarshal.GetReference(logits);
        ref var to = ref MemoryMarshal.GetReference(weights[..logits.Length]);
        var start = 0;
        for (; start + Vector512<float>.Count <= logits.Length; start += Vector512<float>.Count)
        {
            var block = Exp((Vector512.LoadUnsafe(ref from, (nuint)start) - max) * factor);
            block.StoreUnsafe(ref to, (nuint)start);
            var (low, high) = Vector512.Widen(block);
            sums += low + high;
        }

        var sum = Vector512.Sum(sums);
        if (start == logits.Length) return sum;
        Span<float> rest = stackalloc float[Vector512<float>.Count];
        rest.Fill(float.NegativeInfinity);
        logits[start..].CopyTo(rest);
        var last = Exp((Vector512.Create<float>(rest) - max) * factor);
        last.CopyTo(rest);
        rest[..(logits.Length - start)].CopyTo(weights[start..]);
        var (lastLow, lastHigh) = Vector512.Widen(last);
        return sum + Vector512.Sum(lastLow + lastHigh);
    }

    /// <summary>Makes sorted candidates the distribution.</summary>
    /// <param name="candidates">At least one, of positive weight.</param>
    /// <param name="maximum">The row's largest logit.</param>
    /// <param name="temperature">T, above 0.</param>
    /// <param name="total">The sum of the whole row's weights, or null where it is not known.</param>
    /// <param name="destination">Receives them.</param>
    public static void Set(ReadOnlySpan<ulong> candidates, float maximum, float temperature, double? total, TokenDistribution destination)
    {
        var weights = destination.ProbabilitiesBuffer(candidates.Length);
        for (var i = 0; i < weights.Length; i++) weights[i] = Candidate.Logit(candidates[i]);
        var kept = Fill(weights, maximum, temperature, weights);
        TensorPrimitives.Multiply(weights, (float)(1 / kept), weights);
        destination.SetCandidates(candidates);
        destination.KeptMass = kept / total;
    }

    /// <summary>e^x for x of at most 0, in single precision (2 units in the last place); 0 below −87, where results would be subnormal.</summary>
    /// <remarks>x = n ln 2 + r, with e^r by the polynomial of Cephes' expf. The library's function computes in double precision, at several times the cost.</remarks>
    private static Vector512<float> Exp(Vector512<float> x)
    {
        var n = Vector512.Round(x * Vector512.Create(1.44269504088896341f));
        var r = Vector512.MultiplyAddEstimate(n, Vector512.Create(-0.693359375f), x);
        r = Vector512.MultiplyAddEstimate(n, Vector512.Create(2.12194440e-4f), r);
        var p = Vector512.Create(1.9875691500e-4f);
        p = Vector512.MultiplyAddEstimate(p, r, Vector512.Create(1.3981999507e-3f));
        p = Vector512.MultiplyAddEstimate(p, r, Vector512.Create(8.3334519073e-3f));
        p = Vector512.MultiplyAddEstimate(p, r, Vector512.Create(4.1665795894e-2f));
        p = Vector512.MultiplyAddEstimate(p, r, Vector512.Create(1.6666665459e-1f));
        p = Vector512.MultiplyAddEstimate(p, r, Vector512.Create(5.0000001201e-1f));
        p = Vector512.MultiplyAddEstimate(p, r * r, r) + Vector512<float>.One;
        var power = (Vector512.ConvertToInt32(n) + Vector512.Create(127)) << 23;
        return Vector512.ConditionalSelect(Vector512.LessThan(x, Vector512.Create(-87f)), Vector512<float>.Zero, p * power.AsSingle());
    }
}
