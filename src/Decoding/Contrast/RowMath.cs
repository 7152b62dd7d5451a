using System.Numerics;
using System.Numerics.Tensors;

namespace Decant.Decoding;

/// <summary>Arithmetic on whole rows. A token that is −∞ in a row (padding of the vocabulary) never turns into NaN or +∞.</summary>
internal static class RowMath
{
    // e^−10000 is 0 at any temperature that is in use, and differences of logits survive the addition to three decimals.
    private const float Aside = 10_000;

    /// <summary>Probabilities.</summary>
    /// <returns><paramref name="destination"/>.</returns>
    public static Span<float> Softmax(ReadOnlySpan<float> logits, Span<float> destination)
    {
        var sum = RowWeights.Fill(logits, TensorPrimitives.Max(logits), 1, destination);
        TensorPrimitives.Multiply(destination, (float)(1 / sum), destination);
        return destination;
    }

    /// <summary>Natural-log probabilities of <paramref name="logits"/> / <paramref name="temperature"/>.</summary>
    /// <returns><paramref name="destination"/>, which must not be the logits' own memory.</returns>
    public static Span<float> LogSoftmax(ReadOnlySpan<float> logits, Span<float> destination, float temperature = 1)
    {
        var maximum = TensorPrimitives.Max(logits);
        var sum = (float)Math.Log(RowWeights.Fill(logits, maximum, temperature, destination));

        // A row of nothing but −∞ stays one, so that the error names it.
        TensorPrimitives.Subtract(logits, maximum == float.NegativeInfinity ? 0 : maximum, destination);
        if (temperature != 1) TensorPrimitives.Divide(destination, temperature, destination);
        if (maximum > float.NegativeInfinity) TensorPrimitives.Subtract(destination, sum, destination);
        return destination;
    }

    /// <summary>
    /// <paramref name="start"/> + <paramref name="weight"/> · (<paramref name="towards"/> − <paramref name="away"/>), and −∞ where one of them is. Where the two
    /// are equal the bits are those of <paramref name="start"/>.
    /// </summary>
    public static void Extrapolate(ReadOnlySpan<float> start, ReadOnlySpan<float> towards, ReadOnlySpan<float> away, float weight, Span<float> destination)
    {
        TensorPrimitives.Subtract(towards, away, destination);
        TensorPrimitives.MultiplyAdd(destination, weight, start, destination);
        Exclude(start, destination);
        if (towards != start) Exclude(towards, destination);
        Exclude(away, destination);
    }

    /// <summary><paramref name="leftWeight"/> · <paramref name="left"/> + <paramref name="rightWeight"/> · <paramref name="right"/>, and −∞ where one of them is.</summary>
    public static void Weigh(ReadOnlySpan<float> left, float leftWeight, ReadOnlySpan<float> right, float rightWeight, Span<float> destination)
    {
        TensorPrimitives.Multiply(left, leftWeight, destination);
        TensorPrimitives.MultiplyAdd(right, rightWeight, destination, destination);
        Exclude(left, destination);
        Exclude(right, destination);
    }

    /// <summary>ln Σ w · p over the probabilities p of several rows, and −∞ where the first of them is.</summary>
    public static void Mix(in BranchRows rows, ReadOnlySpan<float> weights, RowScratch scratch, Span<float> destination)
    {
        destination.Clear();
        var probabilities = scratch.Floats(0, destination.Length);
        for (var i = 0; i < weights.Length; i++) TensorPrimitives.MultiplyAdd(Softmax(rows[i], probabilities), weights[i], destination, destination);
        TensorPrimitives.Log(destination, destination);
        Exclude(rows.Main, destination);
    }

    /// <summary>Sets <paramref name="destination"/> to −∞ but for the tokens <paramref name="ids"/>.</summary>
    public static void KeepOnly(ReadOnlySpan<int> ids, Span<float> destination, RowScratch scratch)
    {
        var kept = scratch.Floats(0, ids.Length);
        for (var i = 0; i < ids.Length; i++) kept[i] = destination[ids[i]];
        destination.Fill(float.NegativeInfinity);
        for (var i = 0; i < ids.Length; i++) destination[ids[i]] = kept[i];
    }

    /// <summary>ln σ(x) = min(x, 0) − ln(1 + e^−|x|).</summary>
    /// <param name="x">Log-odds.</param>
    /// <param name="work">As much memory, other than <paramref name="x"/>'s and the destination's.</param>
    /// <param name="destination">Receives the log-probabilities; may be the memory of <paramref name="x"/>.</param>
    public static void LogSigmoid(ReadOnlySpan<float> x, Span<float> work, Span<float> destination)
    {
        TensorPrimitives.Abs(x, work);
        TensorPrimitives.Negate(work, work);
        TensorPrimitives.Exp(work, work);
        TensorPrimitives.LogP1(work, work);
        TensorPrimitives.Min(x, 0, destination);
        TensorPrimitives.Subtract(destination, work, destination);
    }

    /// <summary>Lowers tokens so far that they have no probability beside others, and come back where constraints leave nothing else: those whose <paramref name="score"/> is below <paramref name="cutoff"/>.</summary>
    /// <returns>How many they are.</returns>
    public static int PutAside(ReadOnlySpan<float> score, float cutoff, Span<float> destination)
    {
        var count = 0;
        for (var i = 0; i < destination.Length; i++)
        {
            if (!(score[i] < cutoff)) continue;
            destination[i] -= Aside;
            count++;
        }

        return count;
    }

    /// <summary>Does the same to all tokens but <paramref name="ids"/>.</summary>
    public static void PutOthersAside(ReadOnlySpan<int> ids, Span<float> destination, RowScratch scratch)
    {
        var kept = scratch.Floats(0, ids.Length);
        for (var i = 0; i < ids.Length; i++) kept[i] = destination[ids[i]];
        TensorPrimitives.Subtract(destination, Aside, destination);
        for (var i = 0; i < ids.Length; i++) destination[ids[i]] = kept[i];
    }

    /// <summary>Sets <paramref name="destination"/> to −∞ where <paramref name="row"/> is.</summary>
    public static void Exclude(ReadOnlySpan<float> row, Span<float> destination) => ExcludeBelow(row, float.MinValue, destination);

    /// <summary>Sets <paramref name="destination"/> to −∞ where <paramref name="row"/> is below <paramref name="cutoff"/>.</summary>
    /// <returns>How many entries that are.</returns>
    public static int ExcludeBelow(ReadOnlySpan<float> row, float cutoff, Span<float> destination)
    {
        var excluded = new Vector<float>(float.NegativeInfinity);
        var limits = new Vector<float>(cutoff);
        var counts = Vector<int>.Zero;
        var i = 0;
        for (; i + Vector<float>.Count <= row.Length; i += Vector<float>.Count)
        {
            var below = Vector.LessThan(new Vector<float>(row[i..]), limits);
            counts -= below;
            Vector.ConditionalSelect(below, excluded, new Vector<float>(destination[i..])).CopyTo(destination[i..]);
        }

        var count = Vector.Sum(counts);
        for (; i < row.Length; i++)
        {
            if (!(row[i] < cutoff)) continue;
            destination[i] = float.NegativeInfinity;
            count++;
        }

        return count;
    }
}
