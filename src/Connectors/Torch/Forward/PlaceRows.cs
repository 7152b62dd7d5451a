using Decant.Connectors.Models;
using static TorchSharp.torch;

namespace Decant.Connectors.Torch.Forward;

/// <summary>What a chunk's rows need on one device: where their keys and values go, and the angles of their positions.</summary>
internal sealed class PlaceRows
{
    private readonly RotaryCache _rotary;
    private readonly int _reach;
    private readonly Dictionary<RotarySettings, (Tensor Cosine, Tensor Sine)> _angles = [];

    public PlaceRows(ChunkPlan plan, Device device, RotaryCache rotary)
    {
        _rotary = rotary;
        var values = new long[2 * plan.RowCount];
        var row = 0;
        foreach (var part in plan.Parts)
        {
            for (var i = 0; i < part.Count; i++, row++)
            {
                values[row] = part.Sequence.Slot(part.Slot + i);
                values[plan.RowCount + row] = part.Position(i);
                _reach = Math.Max(_reach, part.Position(i) + 1);
            }
        }

        var both = tensor(values, [2, plan.RowCount], device: device);
        (Slots, Positions) = (both[0], both[1]);
    }

    /// <summary>Rows that follow each other and go to no cache.</summary>
    public PlaceRows(int first, int count, Device device, RotaryCache rotary)
    {
        (_rotary, _reach) = (rotary, first + count);
        Positions = tensor((long[])[.. Enumerable.Range(first, count)], device: device);
        Slots = Positions;
    }

    /// <summary>Rows of the cache, [rows].</summary>
    public Tensor Slots { get; }

    /// <summary>Positions in the text, [rows].</summary>
    public Tensor Positions { get; }

    /// <summary>Cosines and sines, [rows, 1, head size].</summary>
    public (Tensor Cosine, Tensor Sine) Angles(RotarySettings rotary)
    {
        if (_angles.TryGetValue(rotary, out var angles)) return angles;
        var (cosine, sine) = _rotary.Table(rotary, _reach);
        return _angles[rotary] = (cosine.index_select(0, Positions).unsqueeze(1), sine.index_select(0, Positions).unsqueeze(1));
    }
}
