using System.Numerics.Tensors;
using Decant.Decoding;

namespace Decant.Connectors.Embeddings;

/// <summary>A text on its way through the model, slice by slice, and what its hidden states have come to so far. The sum is in order of tokens, however they are sliced.</summary>
internal sealed class EmbeddedText(int[] tokens, ICausalModel model, EmbeddingPooling pooling) : IDisposable
{
    private static readonly Taps _taps = new() { FinalHidden = true };

    private readonly float[] _sum = new float[model.Info.HiddenSize];
    private ISequence? _sequence;
    private int _read;

    public int Left => tokens.Length - _read;

    /// <summary>The forward of the next tokens, <paramref name="count"/> of them.</summary>
    public SequenceForward Next(int count)
        => new(_sequence ??= model.OpenSequence(), new ForwardInput(tokens.AsMemory(_read, count)) { Logits = LogitsRows.None, Taps = _taps });

    /// <summary>Takes the forward's states in.</summary>
    public void Add(ForwardResult result)
    {
        for (var row = 0; row < result.RowCount; row++) TensorPrimitives.MultiplyAdd(result.FinalHidden(row), Weight(_read++), _sum, _sum);
    }

    /// <summary>The embedding, once all is read.</summary>
    /// <param name="dimensions">How many of its numbers to give: the first.</param>
    /// <param name="normalize">Whether it shall have length 1.</param>
    public float[] Pool(int dimensions, bool normalize)
    {
        var embedding = _sum[..dimensions];
        TensorPrimitives.Divide(embedding, pooling switch { EmbeddingPooling.Mean => tokens.Length, EmbeddingPooling.Weighted => tokens.Length * (tokens.Length + 1f) / 2, _ => 1 }, embedding);
        if (normalize && TensorPrimitives.Norm(embedding) is > 0 and var length) TensorPrimitives.Divide(embedding, length, embedding);
        return embedding;
    }

    public void Dispose()
    {
        _sequence?.Dispose();
        _sequence = null;
    }

    private float Weight(int position) => pooling switch
    {
        EmbeddingPooling.Mean => 1,
        EmbeddingPooling.Weighted => position + 1,
        _ => position == tokens.Length - 1 ? 1 : 0,
    };
}
