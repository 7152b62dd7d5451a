using System.Numerics;

namespace Decant.Decoding;

/// <summary>How far two distributions, given as rows of natural-log probabilities, are apart. Tokens of probability 0 (−∞) in both count nothing.</summary>
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
        var sums = Vector<double>.Zero;
        var i = 0;
        for (; i + Vector<float>.Count <= left.Length; i += Vector<float>.Count) Add(new Vector<float>(left[i..]), new Vector<float>(right[i..]), reversed, ref sums);
        if (i < left.Length) Add(Padded(left[i..]), Padded(right[i..]), reversed, ref sums);
        return (float)Math.Max(0, Vector.Sum(sums) / 2);
    }

    private static Vector<float> Padded(ReadOnlySpan<float> rest)
    {
        Span<float> lanes = stackalloc float[Vector<float>.Count];
        lanes.Fill(float.NegativeInfinity);
        rest.CopyTo(lanes);
        return new Vector<float>(lanes);
    }

    private static void Add(Vector<float> left, Vector<float> right, bool reversed, ref Vector<double> sums)
    {
        // The mixture's logarithm by way of the difference: where the rows are equal it is the row itself, to the bit.
        var mixture = Vector.Max(left, right) + (Vector.Log(Vector<float>.One + Vector.Exp(-Vector.Abs(left - right))) - Vector.Log(new Vector<float>(2)));
        var terms = reversed
            ? Where(Vector.GreaterThan(Vector.Min(left, right), new Vector<float>(float.NegativeInfinity)), Vector.Exp(mixture) * (mixture - left + (mixture - right)))
            : Term(left, mixture) + Term(right, mixture);
        Vector.Widen(terms, out var low, out var high);
        sums += low + high;
    }

    private static Vector<float> Term(Vector<float> side, Vector<float> mixture)
    {
        var probability = Vector.Exp(side);
        return Where(Vector.GreaterThan(probability, Vector<float>.Zero), probability * (side - mixture));
    }

    private static Vector<float> Where(Vector<int> condition, Vector<float> values) => Vector.ConditionalSelect(condition, values, Vector<float>.Zero);
}
