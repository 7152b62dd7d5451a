using Decant.Connectors.Cpu.Kernels;
using Decant.Connectors.Cpu.Threading;

namespace Decant.Connectors.Cpu.Forward;

/// <summary>Rows somewhere in memory: row i at <c>start + index(i) · stride</c>.</summary>
internal readonly unsafe struct RowSource(float* start, int stride, int count, List<int>? indices = null)
{
    public int Count => count;

    public float* this[int row] => start + (long)(indices is null ? row : indices[row]) * stride;
}

/// <summary>Normalises rows and packs them as a product's inputs.</summary>
internal static unsafe class PackStage
{
    /// <summary>Floats of temporary memory that a member needs here.</summary>
    public const int TemporaryFloats = 2 * MaxWidth * Piece;

    // Columns at a time: whole groups of every size, and few enough that eight rows of them stay in the first-level cache.
    private const int Piece = 512;
    private const int MaxWidth = 8;

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
        packed.Reshape(rows.Count, matrix.Columns, format);
        var unit = format.IsFloat ? 16 : format.GroupSize;
        var (from, to) = team.Share((matrix.Columns + unit - 1) / unit, member);
        Pack(scratch, member, packed, rows, norm, from * unit, Math.Min(to * unit, matrix.Columns));
        team.Meet();
        return packed;
    }

    private static void Pack(Scratch scratch, int member, PackedActivations target, in RowSource rows, CpuNorm? norm, int from, int to)
    {
        var normalised = scratch.Temporary[member].Floats;
        var quantised = (int*)normalised + MaxWidth * Piece;
        var statistics = stackalloc (float, float)[MaxWidth];
        var sources = stackalloc float*[MaxWidth];
        for (var first = 0; first < rows.Count;)
        {
            var width = PackedActivations.BlockWidth(first, rows.Count, KernelChoice.MaxTokens);
            for (var lane = 0; lane < width && norm is not null; lane++) statistics[lane] = norm.Statistics(rows[first + lane]);
            for (var start = from; start < to; start += Piece)
            {
                var count = Math.Min(Piece, to - start);
                for (var lane = 0; lane < width; lane++)
                {
                    sources[lane] = rows[first + lane] + start;
                    if (norm is null) continue;
                    var y = normalised + lane * Piece;
                    norm.Apply(rows[first + lane], statistics[lane], y - start, start, start + count);
                    sources[lane] = y;
                }

                target.Pack(sources, first, width, start, count, quantised);
            }

            first += width;
        }
    }
}
