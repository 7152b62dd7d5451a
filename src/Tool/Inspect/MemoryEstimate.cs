using System.Globalization;
using Decant.Connectors.Cpu.Kernels;
using Decant.Connectors.Cpu.Memory;
using Decant.Connectors.Models;

namespace Decant.Tool;

/// <summary>What the CPU engine takes for a model: its matrices as the loader packs them, and keys and values.</summary>
internal static class MemoryEstimate
{
    // The rest of the process, the system and a safety margin.
    private const double UsableShare = 0.9;

    // Of int8: one scale of two bytes for 64 weights.
    private static readonly (string Name, double BytesPerWeight)[] _formats = [("f32", 4), ("bf16", 2), ("int8", 1 + 2.0 / 64)];

    public static MemoryNeeds Of(ModelConfig config, CheckpointLayout layout)
    {
        var kv = new KvLayout(config.LayerCount, config.KeyValueHeadCount, config.HeadSize).PageFloats * sizeof(float) / KvLayout.PageTokens;
        var machine = GC.GetGCMemoryInfo().TotalAvailableMemoryBytes;
        return new MemoryNeeds(machine, Available(), kv, [.. _formats.Select(format => Format(format.Name, WeightBytes(layout, format.BytesPerWeight), kv, machine, config.ContextLength))]);
    }

    /// <summary>Bytes of all matrices.</summary>
    public static long WeightBytes(CheckpointLayout layout, double bytesPerWeight)
        => (long)(layout.Slices().Distinct().Sum(slice => (long)PackedMatrix.PaddedRows(slice.Rows) * slice.Columns) * bytesPerWeight);

    private static FormatNeeds Format(string name, long weights, long kv, long machine, int context)
        => new(name, weights, (int)Math.Clamp(((UsableShare * machine) - weights) / kv, 0, context));

    private static long? Available()
    {
        const string meminfo = "/proc/meminfo";
        if (!File.Exists(meminfo)) return null;
        var line = File.ReadLines(meminfo).FirstOrDefault(line => line.StartsWith("MemAvailable:", StringComparison.Ordinal));
        return line is not null && long.TryParse(line.Split(' ', StringSplitOptions.RemoveEmptyEntries)[1], CultureInfo.InvariantCulture, out var kibibytes) ? 1024 * kibibytes : null;
    }
}
