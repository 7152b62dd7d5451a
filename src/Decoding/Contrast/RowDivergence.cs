using System.Runtime.Intrinsics;

namespace Decant.Decoding;

/// <summary>How far two distributions, given as rows of probabilities, are apart.</summary>
internal static class RowDivergence
{
    /// <summary>The Jensen-Shannon divergence in nats, 0 … ln 2; exactly 0 for equal rows.</summary>
    public static float JensenShannon(ReadOnlySpan<float> left, ReadOnlySpan<float> right) => Sum(left, right, reversed: false);

    /// <summary>
    /// What DoLa's published code computes instead: the mean over the vocabulary, not the sum, of the Kullback-Leibler terms from the mixture to each side. Tokens of
    /// probability 0 on one side, where it would be infinite, are left out.
    /// </summary>
    public static float ReversedMean(ReadOnlySpan<float> left, ReadOnlySpan<float> right) => Sum(left, right, reversed: true) / left.Length;

    private static float Sum(ReadOnlySpan<float> left, ReadOnlySpan<float> right, bool reversed)
    {
        var sums = Vector512<double>.Zero;
        var i = 0;
        for (; i + Vector512<float>.Count <= left.Length; i += Vector512<float>.Count) Add(Vector512.Create(left[i..]), Vector512.Create(right[i..]), reversed, ref sums);
        if (i < left.Length) Add(Padded(left[i..]), Padded(right[i..]), reversed, ref sums);
        return (float)Math.Max(0, Vector512.Sum(sums) / 2);
    }

    private static Vector512<float> Padded(ReadOnlySpan<float> rest)
    {
        Span<float> lanes = stackalloc float[Vector512<float>.Count];
        lanes.Clear();
        rest.CopyTo(lanes);
        return Vector512.Create<float>(lanes);
    }

    // As quotients by the mixture: where the rows are equal they are 1, and their logarithms 0, to the bit.
    private static void Add(Vector512<float> left, Vector512<float> right, bool reversed, ref Vector512<double> sums)
    {
        var mixture = (left + right) * 0.5f;
        var (leftLog, rightLog) = (Vector512.Log(left / mixture), Vector512.Log(right / mixture));
        var terms = reversed
            ? Where(Vector512.GreaterThan(Vector512.Min(left, right), Vector512<float>.Zero), -mixture * (leftLog + rightLog))
            : Where(Vector512.GreaterThan(left, Vector512<float>.Zero), left * leftLog) + Where(Vector512.GreaterThan(right, Vector512<float>.Zero), right * rightLog);
        var (low, high) = Vector512.Widen(terms);
        sums += low + high;
    }

    private static Vector512<float> Where(Vector512<float> condition, Vector512<float> values) => Vector512.ConditionalSelect(condition, values, Vector512<float>.Zero);
}
