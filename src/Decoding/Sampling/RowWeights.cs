using System.Numerics.Tensors;
using System.Runtime.Intrinsics;

namespace Decant.Decoding;

/// <summary>Probabilities relative to the likeliest token's: exp((z − max z) / T), within 2e-7. A weight depends on its logit alone, not on where in a row it stands.</summary>
internal static class RowWeights
{
    /// <summary>Fills the weights of a row and returns their sum.</summary>
    /// <param name="logits">The row.</param>
    /// <param name="maximum">Its largest value.</param>
    /// <param name="temperature">T, above 0.</param>
    /// <param name="weights">Receives as many; may be the same memory.</param>
    public static double Fill(ReadOnlySpan<float> logits, float maximum, float temperature, Span<float> weights)
    {
        var (max, divisor, sums) = (Vector512.Create(maximum), Vector512.Create(temperature), Vector512<double>.Zero);
        var start = 0;
        for (; start + Vector512<float>.Count <= logits.Length; start += Vector512<float>.Count)
        {
            var block = Vector512.Exp((Vector512.Create(logits[start..]) - max) / divisor);
            block.CopyTo(weights[start..]);
            var (low, high) = Vector512.Widen(block);
            sums += low + high;
        }

        var sum = Vector512.Sum(sums);
        if (start == logits.Length) return sum;
        Span<float> rest = stackalloc float[Vector512<float>.Count];
        rest.Fill(float.NegativeInfinity);
        logits[start..].CopyTo(rest);
        var last = Vector512.Exp((Vector512.Create<float>(rest) - max) / divisor);
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
}
