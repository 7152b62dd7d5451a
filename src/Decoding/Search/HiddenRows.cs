using System.Numerics.Tensors;

namespace Decant.Decoding;

/// <summary>Hidden states of the tokens read so far, for comparing another with them. Keeps the last so many. Serves one caller at a time.</summary>
/// <param name="width">Length of a state.</param>
/// <param name="capacity">Most states to keep; 0 keeps none.</param>
public sealed class HiddenRows(int width, int capacity)
{
    // Each scaled to unit length. Where the capacity is reached, the newest takes the place of the oldest.
    private float[] _rows = [];
    private float[] _unit = [];
    private int _next;

    /// <summary>Most states that are kept.</summary>
    public int Capacity => capacity;

    /// <summary>States that are kept now.</summary>
    public int Count { get; private set; }

    /// <summary>Takes note of a state.</summary>
    /// <param name="state">As many values as a state has.</param>
    public void Add(ReadOnlySpan<float> state)
    {
        if (capacity == 0) return;
        var end = (_next + 1) * width;
        if (_rows.Length < end) Array.Resize(ref _rows, Math.Max(end, Math.Min(2 * _rows.Length, (int)Math.Min(Array.MaxLength, (long)capacity * width))));
        Normalise(state, _rows.AsSpan(_next * width, width));
        Count = Math.Max(Count, _next + 1);
        _next = (_next + 1) % capacity;
    }

    /// <summary>Takes note of the final hidden states of every row of a forward that was run with <see cref="Taps.FinalHidden"/>.</summary>
    public void AddFinal(ForwardResult result)
    {
        ArgumentNullException.ThrowIfNull(result);
        for (var row = 0; row < result.RowCount; row++) Add(result.FinalHidden(row));
    }

    /// <summary>The largest cosine between a state and any that is kept; 0 where none is. A state of zeros has the cosine 0 with every other.</summary>
    public float LargestCosine(ReadOnlySpan<float> state)
    {
        if (Count == 0) return 0;
        if (_unit.Length < width) _unit = new float[width];
        Normalise(state, _unit);
        var largest = -1f;
        for (var i = 0; i < Count; i++) largest = Math.Max(largest, TensorPrimitives.Dot(_unit.AsSpan(0, width), _rows.AsSpan(i * width, width)));
        return largest;
    }

    private static void Normalise(ReadOnlySpan<float> state, Span<float> unit)
    {
        var length = TensorPrimitives.Norm(state);
        if (length > 0) TensorPrimitives.Divide(state, length, unit);
        else unit.Clear();
    }
}
