using Decant.Connectors.Models;
using Decant.Connectors.Torch.Memory;
using TorchSharp;
using static TorchSharp.torch;

namespace Decant.Connectors.Torch.Forward;

/// <summary>Parts with equally many rows, which share one attention call. Their rows lie together in the chunk.</summary>
internal sealed class RowGroup(IReadOnlyList<RowPart> parts, int firstRow)
{
    private readonly Dictionary<(int Place, bool Windowed), Tensor?> _masks = [];
    private readonly Dictionary<int, Tensor> _indices = [];

    public IReadOnlyList<RowPart> Parts => parts;

    public int FirstRow => firstRow;

    /// <summary>Rows of each part.</summary>
    public int RowsPerPart => parts[0].Count;

    public int RowCount => parts.Count * RowsPerPart;

    /// <summary>Cached positions that the longest part sees; shorter ones are padded to it.</summary>
    public int Reach { get; } = parts.Max(part => part.Reach);

    private bool IsTree => parts[0].Request.IsTree;

    /// <summary>Whether a lone part begins its sequence, so that plain causal attention over its own rows is all there is.</summary>
    public bool IsWholePrompt(int? window) => parts.Count == 1 && !IsTree && RowsPerPart > 1 && RowsPerPart == Reach && (window is null || Reach <= window);

    /// <summary>A layer's keys or values for every part, [parts, key heads, reach, head size]: in place where a lone part's rows lie together, gathered otherwise.</summary>
    public Tensor Gather(Tensor rows, int place)
    {
        if (parts.Count == 1 && parts[0].Sequence.FirstSlotIfTogether(Reach) is { } first)
            return rows.narrow(0, first, Reach).unsqueeze(0).transpose(1, 2);
        if (!_indices.TryGetValue(place, out var index)) _indices[place] = index = tensor(Slots(), device: rows.device);
        return rows.index_select(0, index).view(parts.Count, Reach, rows.shape[1], rows.shape[2]).transpose(1, 2);
    }

    /// <summary>
    /// What to add to scores: 0 where a row may look, −∞ elsewhere; [parts, 1, rows or groups · rows, reach], or null where every row sees all.
    /// </summary>
    /// <param name="place">Index of the device.</param>
    /// <param name="device">The device.</param>
    /// <param name="config">The model.</param>
    /// <param name="window">The layer's sliding window, or null.</param>
    /// <param name="dtype">Type of the scores.</param>
    public Tensor? Mask(int place, Device device, ModelConfig config, int? window, ScalarType dtype)
    {
        // A window that no row has outgrown is none.
        var key = (place, window < Reach);
        if (!_masks.TryGetValue(key, out var mask)) _masks[key] = mask = CreateMask(device, config, window < Reach ? window : null, dtype);
        return mask;
    }

    private Tensor? CreateMask(Device device, ModelConfig config, int? window, ScalarType dtype)
    {
        if (RowsPerPart == 1 && window is null && parts.All(part => part.Reach == Reach)) return null;
        var hidden = (IsTree ? TreeHidden(device, window) : ChainHidden(device, window)).unsqueeze(1);
        var mask = zeros(hidden.shape, dtype, device).masked_fill_(hidden, KeptScalars.NegativeInfinity);
        // Query heads that share a key head stand below each other as rows.
        var groups = config.HeadCount / config.KeyValueHeadCount;
        return RowsPerPart == 1 || groups == 1 ? mask : mask.repeat(1, 1, groups, 1);
    }

    private Tensor ChainHidden(Device device, int? window)
    {
        var positions = tensor([.. parts.SelectMany(part => Enumerable.Range(0, part.Count).Select(i => (long)part.Position(i)))], [parts.Count, RowsPerPart, 1], device: device);
        using Scalar reach = (long)Reach;
        var all = arange(reach, dtype: ScalarType.Int64, device: device);
        var hidden = all.gt(positions);
        return window is { } w ? hidden.logical_or_(all.le(positions.sub(KeptScalars.OfInteger(w)))) : hidden;
    }

    private Tensor TreeHidden(Device device, int? window)
    {
        var hidden = new bool[RowCount * Reach];
        for (var part = 0; part < parts.Count; part++)
        {
            for (var row = 0; row < RowsPerPart; row++) HideForTreeRow(parts[part], row, window ?? int.MaxValue, hidden.AsSpan((part * RowsPerPart + row) * Reach, Reach));
        }

        return tensor(hidden, [parts.Count, RowsPerPart, Reach], device: device);
    }

    private static void HideForTreeRow(RowPart part, int row, int window, Span<bool> hidden)
    {
        var position = part.Position(row);
        var first = Math.Max(0, position + 1L - window);
        hidden.Fill(true);
        for (var p = (int)first; p < part.Slot; p++) hidden[p] = false;
        for (var ancestor = row; ancestor >= 0 && position >= first; ancestor = part.Request.Input.Parents.Span[ancestor], position--) hidden[part.Slot + ancestor] = false;
    }

    private long[] Slots()
    {
        // Padding reads row 0, which the mask hides.
        var slots = new long[parts.Count * Reach];
        for (var part = 0; part < parts.Count; part++)
        {
            for (var p = 0; p < parts[part].Reach; p++) slots[part * Reach + p] = parts[part].Sequence.Slot(p);
        }

        return slots;
    }
}
