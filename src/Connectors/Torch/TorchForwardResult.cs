using Decant.Connectors.Torch.Forward;
using Decant.Connectors.Torch.Memory;
using Decant.Decoding;

namespace Decant.Connectors.Torch;

/// <summary>Logits and taps of one forward, in the host memory that its passes were copied to.</summary>
internal sealed class TorchForwardResult(TorchSequence owner, ModelInfo info, int rows, int logitsRows) : ForwardResult
{
    private readonly List<(HostRows Memory, ResultBlock Block)> _blocks = [];
    private bool _disposed;

    public override int RowCount => Alive(rows);

    public override int LogitsRowCount => Alive(logitsRows);

    public override ReadOnlySpan<float> Logits(int row) => Read(ResultKind.Logits, 0, row, logitsRows, "ForwardInput.Logits");

    public override int ArgMax(int row) => (int)Read(ResultKind.ArgMax, 0, row, logitsRows, "ForwardInput.Logits")[0];

    public override ReadOnlySpan<float> Hidden(int layer, int row) => Read(ResultKind.Hidden, layer, row, rows, "Taps.HiddenLayers");

    public override ReadOnlySpan<float> FinalHidden(int row) => Read(ResultKind.FinalHidden, 0, row, rows, "Taps.FinalHidden");

    public override ReadOnlySpan<float> EarlyExit(int layer, int row) => Read(ResultKind.EarlyExit, layer, row, logitsRows, "Taps.EarlyExitLayers");

    public override ReadOnlySpan<float> Attention(int layer, int row, int head)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(head);
        ArgumentOutOfRangeException.ThrowIfGreaterThanOrEqual(head, info.HeadCount);
        var all = Read(ResultKind.Attention, layer, row, rows, "Taps.AttentionLayers");
        var reach = all.Length / info.HeadCount;
        return all.Slice(head * reach, owner.VisibleRows(row));
    }

    public override ReadOnlySpan<float> Router(int layer, int row) =>
        throw new NotSupportedException("Taps.RouterLayers: this model has no mixture-of-experts router.");

    /// <summary>Takes its share of a pass.</summary>
    public void Receive(HostRows memory, ResultBlock block)
    {
        memory.AddUser();
        _blocks.Add((memory, block));
        if (block.Kind == ResultKind.Attention) owner.LineUpTree(memory, block, info.HeadCount);
    }

    protected override void Dispose(bool disposing)
    {
        if (_disposed) return;
        _disposed = true;
        foreach (var (memory, _) in _blocks) memory.RemoveUser();
        _blocks.Clear();
    }

    private ReadOnlySpan<float> Read(ResultKind kind, int layer, int row, int count, string option)
    {
        ObjectDisposedException.ThrowIf(_disposed, this);
        if ((uint)row >= (uint)count) throw new ArgumentOutOfRangeException(nameof(row), row, $"The forward returned {count} such rows.");
        foreach (var (memory, block) in _blocks)
        {
            if (block.Kind != kind || block.Layer != layer || (uint)(row - block.FirstRow) >= (uint)block.Rows) continue;
            return memory.Span(block.Offset + (long)(row - block.FirstRow) * block.Stride, block.Stride);
        }

        throw new InvalidOperationException($"Layer {layer} was not asked for: name it in {option} of the forward.");
    }

    private int Alive(int value)
    {
        ObjectDisposedException.ThrowIf(_disposed, this);
        return value;
    }
}
