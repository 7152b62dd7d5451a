namespace Decant.Decoding;

/// <summary>Logits rows and taps of one forward, in rented host memory: read in the same step, then dispose.</summary>
public abstract class ForwardResult : IDisposable
{
    /// <summary>Rows the forward appended.</summary>
    public abstract int RowCount { get; }

    /// <summary>Number of logits rows: 0, 1 or <see cref="RowCount"/>, see <see cref="ForwardInput.Logits"/>.</summary>
    public abstract int LogitsRowCount { get; }

    /// <summary>Raw float32 logits, vocabulary-size long, of logits row <paramref name="row"/> (0 … <see cref="LogitsRowCount"/> − 1).</summary>
    public abstract ReadOnlySpan<float> Logits(int row);

    /// <summary>Residual stream (hidden-size long) of row <paramref name="row"/> after <paramref name="layer"/>; see <see cref="Taps.HiddenLayers"/>.</summary>
    /// <exception cref="InvalidOperationException">The tap was not asked for.</exception>
    public abstract ReadOnlySpan<float> Hidden(int layer, int row);

    /// <summary>Final-norm output (hidden-size long) of row <paramref name="row"/>.</summary>
    /// <exception cref="InvalidOperationException">The tap was not asked for.</exception>
    public abstract ReadOnlySpan<float> FinalHidden(int row);

    /// <summary>Logits (vocabulary-size long) read off <paramref name="layer"/> for logits row <paramref name="row"/>.</summary>
    /// <exception cref="InvalidOperationException">The tap was not asked for.</exception>
    public abstract ReadOnlySpan<float> EarlyExit(int layer, int row);

    /// <summary>
    /// Attention weights of row <paramref name="row"/> in <paramref name="layer"/> for query head <paramref name="head"/>: one probability per
    /// position the row could see (cached rows, then its ancestors in order, then itself); positions outside a sliding window are 0.
    /// </summary>
    /// <exception cref="InvalidOperationException">The tap was not asked for.</exception>
    public abstract ReadOnlySpan<float> Attention(int layer, int row, int head);

    /// <summary>Router logits (one per expert) of row <paramref name="row"/> in <paramref name="layer"/>.</summary>
    /// <exception cref="InvalidOperationException">The tap was not asked for.</exception>
    public abstract ReadOnlySpan<float> Router(int layer, int row);

    /// <summary>Id of the largest logit of <paramref name="row"/>, the lowest id among equals. Engines may answer on the device.</summary>
    public virtual int ArgMax(int row) => System.Numerics.Tensors.TensorPrimitives.IndexOfMax(Logits(row));

    /// <inheritdoc/>
    public void Dispose()
    {
        Dispose(true);
        GC.SuppressFinalize(this);
    }

    /// <summary>Gives the rented memory back; reading afterwards is an error.</summary>
    protected abstract void Dispose(bool disposing);
}
