using System.Numerics.Tensors;

namespace Decant.Decoding;

/// <summary>
/// Lookback ratios of a run of tokens, averaged: for every layer and head, the mean attention to the documents over that plus the mean attention to what stands behind
/// them.
/// </summary>
/// <remarks>What stands behind the documents is the rest of the prompt and the answer so far; what stands before them counts for neither side.</remarks>
internal sealed class LookbackRatios(int layers, int heads, TokenRange context)
{
    private readonly float[] _sums = new float[layers * heads];
    private readonly float[] _means = new float[layers * heads];
    private int _count;

    /// <summary>Layer by layer, head by head.</summary>
    public ReadOnlySpan<float> Mean
    {
        get
        {
            TensorPrimitives.Divide(_sums, _count, _means);
            return _means;
        }
    }

    /// <summary>The taps that ratios are made from.</summary>
    public static Taps Taps(int layers) => new() { AttentionLayers = [.. Enumerable.Range(1, layers)] };

    /// <summary>The ratio of one head's attention at one token. 1 where nothing stands behind the documents.</summary>
    /// <param name="attention">One weight per position.</param>
    /// <param name="context">The documents' positions.</param>
    public static float Ratio(ReadOnlySpan<float> attention, TokenRange context)
    {
        if (attention.Length <= context.End) return 1;
        var documents = TensorPrimitives.Sum(attention[context.Start..context.End]) / context.Length;
        var rest = TensorPrimitives.Sum(attention[context.End..]) / (attention.Length - context.End);
        // A sliding window that sees neither side: nothing is looked back at.
        return documents + rest > 0 ? documents / (documents + rest) : 0;
    }

    public void Clear()
    {
        _count = 0;
        _sums.AsSpan().Clear();
    }

    /// <summary>Takes note of the row that a token was drawn from.</summary>
    public void Add(ForwardResult result, int row)
    {
        for (var layer = 0; layer < layers; layer++)
        {
            for (var head = 0; head < heads; head++) _sums[(layer * heads) + head] += Ratio(result.Attention(layer + 1, row, head), context);
        }

        _count++;
    }
}
