using Decant.Connectors.Models;
using static TorchSharp.torch;

namespace Decant.Connectors.Torch.Forward;

/// <summary>Rotary tables of one device, by kind of rotary embedding. A table holds the first positions and grows when more are needed.</summary>
internal sealed class RotaryCache(ModelConfig config, int context, ScalarType dtype, Device device) : IDisposable
{
    private readonly Dictionary<RotarySettings, (Tensor Cosine, Tensor Sine)> _tables = [];

    /// <summary>Cosines and sines [at least <paramref name="length"/>, head size]. They stay the cache's.</summary>
    public (Tensor Cosine, Tensor Sine) Table(RotarySettings rotary, int length)
    {
        // A row's angles depend on its own position only: one table serves every length.
        if (_tables.TryGetValue(rotary, out var table) && table.Cosine.shape[0] >= length) return table;
        if (table.Cosine is not null) Free(table);
        using var scope = NewDisposeScope();
        int[] positions = [.. Enumerable.Range(0, (int)Math.Min(context, System.Numerics.BitOperations.RoundUpToPowerOf2((uint)length)))];
        var (cosine, sine) = RotaryTable.Create(rotary, positions, config.HeadSize, context, dtype, device);
        return _tables[rotary] = (cosine.DetachFromDisposeScope(), sine.DetachFromDisposeScope());
    }

    public void Dispose()
    {
        foreach (var table in _tables.Values) Free(table);
        _tables.Clear();
    }

    private static void Free((Tensor Cosine, Tensor Sine) table)
    {
        table.Cosine.Dispose();
        table.Sine.Dispose();
    }
}
