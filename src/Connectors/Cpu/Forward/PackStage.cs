using Decant.Connectors.Cpu.Kernels;
using Decant.Connectors.Cpu.Threading;

namespace Decant.Connectors.Cpu.Forward;

/// <summary>Rows somewhere in memory: row i at <c>start + index(i) · stride</c>.</summary>
internal readonly unsafe struct RowSource(float* start, int stride, int count, IReadOnlyList<int>? indices = null)
{
    public int Count => count;

    public float* this[int row] => start + (long)(indices is null ? row : indices[row]) * stride;
}

/// <summary>Normalises rows and packs them as a product's inputs.</summary>
internal static unsafe class PackStage
{
    /// <summary>
    /// The team shares the columns and meets afterwards; a lone row is packed by each member for itself, which costs less than a meeting.
    /// </summary>
    public static PackedActivations Run(Scratch scratch, WorkerPool team, int member, in RowSource rows, CpuNorm? norm, PackedMatrix matrix)
    {
        var format = matrix.Activations;
        if (rows.Count == 1)
        {
            var own = scratch.Private[member];
            own.Reshape(1, matrix.Columns, format);
            Pack(scratch, member, own, rows, norm, 0, matrix.Columns);
            return own;
        }

        var packed = scratch.Packed;
        if (member == 0) packed.Reshape(rows.Count, matrix.Columns, format);
        team.Meet();
        var unit = format.IsFloat ? 16 : format.GroupSize;
        var (from, to) = team.Share((matrix.Columns + unit - 1) / unit, member);
        Pack(scratch, member, packed, rows, norm, from * unit, Math.Min(to * unit, matrix.Columns));
        team.Meet();
        return packed;
    }

    private static void Pack(Scratch scratch, int member, PackedActivations target, in RowSource rows, CpuNorm? norm, int from, int to)
    {
        var y = scratch.Temporary[member].Floats;
        for (var first = 0; first < rows.Count;)
        {
            var width = PackedActivations.BlockWidth(first, rows.Count, KernelChoice.MaxTokens);
            for (var lane = 0; lane < width; lane++)
            {
                var x = rows[first + lane];
                if (norm is not null)
                {
                    norm.Apply(x, norm.Statistics(x), y, from, to);
                    x = y;
                }

                target.Pack(x, first, width, lane, from, to);
            }

            first += width;
        }
    }
}
