using System.Numerics.Tensors;

namespace Decant.Decoding;

/// <summary>How sure a row of logits is of the next token, at temperature 1. Keeps a buffer; serves one caller at a time.</summary>
internal sealed class RowUncertainty
{
    private float[] _weights = [];

    /// <summary>The probability of the likeliest token.</summary>
    public double Top1(ReadOnlySpan<float> logits) => 1 / Weigh(logits, out _);

    /// <summary>The probability of a token.</summary>
    public double Probability(ReadOnlySpan<float> logits, int token)
    {
        var sum = Weigh(logits, out _);
        return _weights[token] / sum;
    }

    /// <summary>−Σ p log₂ p.</summary>
    public double Bits(ReadOnlySpan<float> logits)
    {
        var sum = Weigh(logits, out var maximum);
        var mean = 0.0;
        for (var id = 0; id < logits.Length; id++)
        {
            if (_weights[id] > 0) mean += _weights[id] * (double)(logits[id] - maximum);
        }

        return (Math.Log(sum) - mean / sum) / Math.Log(2);
    }

    /// <summary>The largest probabilities, in descending order; 0 where there are fewer tokens.</summary>
    public void Top(ReadOnlySpan<float> logits, Span<double> destination)
    {
        var sum = Weigh(logits, out _);
        destination.Clear();
        foreach (var weight in _weights.AsSpan(0, logits.Length))
        {
            if (weight <= destination[^1]) continue;
            var at = destination.Length - 1;
            for (; at > 0 && destination[at - 1] < weight; at--) destination[at] = destination[at - 1];
            destination[at] = weight;
        }

        foreach (ref var weight in destination) weight /= sum;
    }

    private double Weigh(ReadOnlySpan<float> logits, out float maximum)
    {
        if (_weights.Length < logits.Length) _weights = new float[logits.Length];
        maximum = TensorPrimitives.Max(logits);
        return RowWeights.Fill(logits, maximum, 1, _weights);
    }
}
