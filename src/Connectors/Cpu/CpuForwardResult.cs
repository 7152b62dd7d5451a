using Decant.Connectors.Cpu.Kernels;
using Decant.Connectors.Cpu.Memory;
using Decant.Decoding;

namespace Decant.Connectors.Cpu;

/// <summary>Logits and taps of one forward. Belongs to a sequence, which reuses it once it is disposed.</summary>
internal sealed unsafe class CpuForwardResult(CpuSequence owner, ModelInfo info) : ForwardResult
{
    // Larger buffers (a whole prompt's logits) are given back instead of kept for the next step.
    private const long KeptBytes = 8L << 20;

    private readonly Dictionary<(TapKind Kind, int Layer), NativeBuffer> _taps = [];
    private NativeBuffer? _logits;
    private int _rows;
    private int _logitsRows;
    private int _context;
    private bool _disposed;

    /// <summary>Kinds of tap, as keys of their buffers.</summary>
    public enum TapKind
    {
        Hidden,
        FinalHidden,
        EarlyExit,
        Attention,
    }

    /// <summary>Floats from one logits row to the next: the vocabulary rounded up to whole panels.</summary>
    public int LogitsStride { get; } = PackedMatrix.PaddedRows(info.VocabularySize);

    public override int RowCount => Alive(_rows);

    public override int LogitsRowCount => Alive(_logitsRows);

    /// <summary>Prepares for a forward of <paramref name="rows"/> rows after which the sequence holds <paramref name="context"/>.</summary>
    public void Prepare(int rows, int logitsRows, int context, Taps? taps)
    {
        (_rows, _logitsRows, _context, _disposed) = (rows, logitsRows, context, false);
        var bytes = (long)logitsRows * LogitsStride * sizeof(float);
        if (_logits is null || _logits.Bytes < bytes)
        {
            _logits?.Dispose();
            _logits = new NativeBuffer(bytes);
        }

        if (taps is null) return;
        foreach (var layer in taps.HiddenLayers) Add(TapKind.Hidden, layer, (long)rows * info.HiddenSize);
        foreach (var layer in taps.EarlyExitLayers) Add(TapKind.EarlyExit, layer, (long)logitsRows * LogitsStride);
        foreach (var layer in taps.AttentionLayers) Add(TapKind.Attention, layer, (long)rows * info.HeadCount * context);
        if (taps.FinalHidden) Add(TapKind.FinalHidden, 0, (long)rows * info.HiddenSize);
    }

    public float* LogitsRow(int row) => _logits!.Floats + (long)row * LogitsStride;

    /// <summary>Where a tap's row goes, or null when it was not asked for.</summary>
    public float* Tap(TapKind kind, int layer, int row) =>
        _taps.TryGetValue((kind, layer), out var buffer) ? buffer.Floats + row * RowFloats(kind) : null;

    public override ReadOnlySpan<float> Logits(int row)
    {
        Check(row, _logitsRows);
        return new(LogitsRow(row), info.VocabularySize);
    }

    public override ReadOnlySpan<float> Hidden(int layer, int row) => Read(TapKind.Hidden, layer, row, _rows, info.HiddenSize, "Taps.HiddenLayers");

    public override ReadOnlySpan<float> FinalHidden(int row) => Read(TapKind.FinalHidden, 0, row, _rows, info.HiddenSize, "Taps.FinalHidden");

    public override ReadOnlySpan<float> EarlyExit(int layer, int row) =>
        Read(TapKind.EarlyExit, layer, row, _logitsRows, info.VocabularySize, "Taps.EarlyExitLayers");

    public override ReadOnlySpan<float> Attention(int layer, int row, int head)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(head);
        ArgumentOutOfRangeException.ThrowIfGreaterThanOrEqual(head, info.HeadCount);
        var all = Read(TapKind.Attention, layer, row, _rows, info.HeadCount * _context, "Taps.AttentionLayers");
        return all.Slice(head * _context, owner.VisibleRows(row));
    }

    public override ReadOnlySpan<float> Router(int layer, int row) =>
        throw new NotSupportedException("Taps.RouterLayers: this model has no mixture-of-experts router.");

    /// <summary>Frees the memory itself, when the sequence ends.</summary>
    public void Free()
    {
        _disposed = true;
        _logits?.Dispose();
        _logits = null;
        FreeTaps();
    }

    protected override void Dispose(bool disposing)
    {
        if (_disposed) return;
        _disposed = true;
        FreeTaps();
        if (_logits?.Bytes > KeptBytes)
        {
            _logits.Dispose();
            _logits = null;
        }

        owner.Recycle(this);
    }

    private long RowFloats(TapKind kind) => kind switch
    {
        TapKind.EarlyExit => LogitsStride,
        TapKind.Attention => (long)info.HeadCount * _context,
        _ => info.HiddenSize,
    };

    private void Add(TapKind kind, int layer, long floats) => _taps.TryAdd((kind, layer), new NativeBuffer(floats * sizeof(float)));

    private ReadOnlySpan<float> Read(TapKind kind, int layer, int row, int rows, int length, string option)
    {
        Check(row, rows);
        var tap = Tap(kind, layer, row);
        if (tap is null) throw new InvalidOperationException($"Layer {layer} was not asked for: name it in {option} of the forward.");
        return new(tap, length);
    }

    private int Alive(int value)
    {
        ObjectDisposedException.ThrowIf(_disposed, this);
        return value;
    }

    private void Check(int row, int rows)
    {
        ObjectDisposedException.ThrowIf(_disposed, this);
        if ((uint)row >= (uint)rows) throw new ArgumentOutOfRangeException(nameof(row), row, $"The forward returned {rows} such rows.");
    }

    private void FreeTaps()
    {
        foreach (var buffer in _taps.Values) buffer.Dispose();
        _taps.Clear();
    }
}
