using Decant.Connectors.Cpu.Kernels;
using Decant.Connectors.Cpu.Memory;

namespace Decant.Connectors.Cpu.Forward;

/// <summary>Working memory of one forward at a time, grown to the largest chunk seen. All strides are whole panels.</summary>
internal sealed unsafe class Scratch(CpuWeights weights, int members) : IDisposable
{
    private readonly NativeBuffer?[] _scores = new NativeBuffer?[members];
    private NativeBuffer? _buffer;
    private int _rows;
    private NativeBuffer? _logits;

    public int HiddenStride { get; } = PackedMatrix.PaddedRows(weights.Config.HiddenSize);

    public int QkvStride { get; } = PackedMatrix.PaddedRows(weights.QkvRows);

    public int ContextStride { get; } = PackedMatrix.PaddedRows(weights.Config.HeadCount * weights.Config.HeadSize);

    public int GateUpStride { get; } = PackedMatrix.PaddedRows(weights.Config.IntermediateSize) * (weights.Config.Gated ? 2 : 1);

    public int InnerStride { get; } = PackedMatrix.PaddedRows(weights.Config.IntermediateSize);

    public int LogitsStride { get; } = PackedMatrix.PaddedRows(weights.Config.VocabularySize);

    public float* Residual { get; private set; }

    public float* Qkv { get; private set; }

    public float* Context { get; private set; }

    public float* GateUp { get; private set; }

    public float* Inner { get; private set; }

    /// <summary>A sub-layer's output before its own norm.</summary>
    public float* Branch { get; private set; }

    /// <summary>The residual stream where layers that run side by side begin.</summary>
    public float* GroupInput { get; private set; }

    /// <summary>Rows that get logits, gathered.</summary>
    public float* Selected { get; private set; }

    /// <summary>Activations packed for a product by the whole team.</summary>
    public PackedActivations Packed { get; private set; } = null!;

    /// <summary>Activations of a lone row, packed by each member for itself: cheaper than a barrier.</summary>
    public PackedActivations[] Private { get; } = Enumerable.Range(0, members).Select(_ => new PackedActivations(1, Widest(weights))).ToArray();

    public NativeBuffer[] Temporary { get; } = Enumerable.Range(0, members).Select(_ => new NativeBuffer(Math.Max((Widest(weights) + 64) * 4L, PackStage.TemporaryFloats) * sizeof(float))).ToArray();

    public void Fit(int rows, int visible)
    {
        for (var m = 0; m < members; m++)
        {
            var bytes = 4L * (PackedMatrix.PaddedRows(visible) + 64) * sizeof(float);
            if (_scores[m] is { } scores && scores.Bytes >= bytes) continue;
            _scores[m]?.Dispose();
            _scores[m] = new NativeBuffer(bytes * 2);
        }

        if (rows <= _rows) return;
        _rows = rows <= 8 ? 8 : Math.Max(rows, RowPlan.ChunkRows);
        _buffer?.Dispose();
        Packed?.Dispose();
        Packed = new PackedActivations(_rows, Widest(weights));
        int[] strides = [HiddenStride, QkvStride, ContextStride, GateUpStride, InnerStride, HiddenStride, HiddenStride, HiddenStride];
        _buffer = new NativeBuffer((long)strides.Sum() * _rows * sizeof(float));
        var next = _buffer.Floats;
        float* Take(int stride)
        {
            var part = next;
            next += (long)stride * _rows;
            return part;
        }

        Residual = Take(HiddenStride);
        Qkv = Take(QkvStride);
        Context = Take(ContextStride);
        GateUp = Take(GateUpStride);
        Inner = Take(InnerStride);
        Branch = Take(HiddenStride);
        Selected = Take(HiddenStride);
        GroupInput = Take(HiddenStride);
    }

    /// <summary>Scores of member <paramref name="member"/>: four rows of <see cref="ScoreStride"/>.</summary>
    public float* Scores(int member) => _scores[member]!.Floats;

    public long ScoreStride(int member) => _scores[member]!.Bytes / sizeof(float) / 4 / 16 * 16;

    /// <summary>Logits rows of several entries, before they are handed out.</summary>
    public float* Logits => _logits is null ? null : _logits.Floats;

    public void FitLogits(int rows)
    {
        var bytes = (long)rows * LogitsStride * sizeof(float);
        if (_logits?.Bytes >= bytes) return;
        _logits?.Dispose();
        _logits = new NativeBuffer(bytes);
    }

    public void Dispose()
    {
        _buffer?.Dispose();
        _logits?.Dispose();
        Packed?.Dispose();
        foreach (var buffer in _scores) buffer?.Dispose();
        foreach (var buffer in Temporary) buffer.Dispose();
        foreach (var buffer in Private) buffer.Dispose();
    }

    private static int Widest(CpuWeights weights) =>
        Math.Max(Math.Max(weights.Config.HiddenSize, weights.Config.IntermediateSize), weights.Config.HeadCount * weights.Config.HeadSize);
}
