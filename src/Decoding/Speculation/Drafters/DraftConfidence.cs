using System.Numerics.Tensors;

namespace Decant.Decoding;

/// <summary>How sure a row of logits is: the probability of its likeliest token at temperature 1. Reused; serves one caller at a time.</summary>
internal sealed class DraftConfidence
{
    private float[] _weights = [];

    /// <summary>The probability of the likeliest token, 0 … 1.</summary>
    public double Of(ReadOnlySpan<float> logits)
    {
        if (_weights.Length < logits.Length) _weights = new float[logits.Length];
        return 1 / RowWeights.Fill(logits, TensorPrimitives.Max(logits), 1, _weights.AsSpan(0, logits.Length));
    }
}
