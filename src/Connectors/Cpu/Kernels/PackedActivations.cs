using System.Runtime.Intrinsics;
using Decant.Connectors.Cpu.Memory;

namespace Decant.Connectors.Cpu.Kernels;

/// <summary>
/// The inputs of a product, interleaved by tokens so that a kernel reads them from one stream. Tokens are cut into blocks of
/// 8, 4, 2 and 1; within a block of w tokens, column c of token t stands at c·w + t (float32), or column pair p at p·w + t (int16 pairs).
/// </summary>
internal sealed unsafe class PackedActivations : IDisposable
{
    private readonly int _maxTokens;
    private readonly int _maxColumns;
    private readonly NativeBuffer _values;
    private readonly NativeBuffer _scales;

    public PackedActivations(int maxTokens, int maxColumns)
    {
        _maxTokens = maxTokens;
        _maxColumns = maxColumns + 1024;
        _values = new NativeBuffer((long)maxTokens * _maxColumns * sizeof(float));
        _scales = new NativeBuffer((long)maxTokens * (_maxColumns / 32 + 1) * sizeof(float));
    }

    public int Tokens { get; private set; }

    public int Columns { get; private set; }

    public ActivationFormat Format { get; private set; }

    private int Groups => (Columns + Format.GroupSize - 1) / Format.GroupSize;

    /// <summary>Sets the shape; every member of a team calls it with the same arguments, or one before the others.</summary>
    public void Reshape(int tokens, int columns, ActivationFormat format)
    {
        if (tokens > _maxTokens || columns > _maxColumns - 1024) throw new InvalidOperationException("The activation buffer is too small.");
        Tokens = tokens;
        Columns = columns;
        Format = format;
    }

    /// <summary>Width of the block that starts at token <paramref name="first"/>.</summary>
    public static int BlockWidth(int first, int tokens, int maxTokens)
    {
        var left = tokens - first;
        var width = maxTokens;
        while (width > left) width >>= 1;
        return width;
    }

    /// <summary>Start of a float32 block: column c of its token t is at [c·w + t].</summary>
    public float* Floats(int first) => _values.Floats + (long)first * Columns;

    /// <summary>Start of an int16-pair block: pair p of its token t is at [p·w + t]. Groups are padded with zeros.</summary>
    public int* Pairs(int first) => (int*)_values.Pointer + (long)first * (Groups * Format.GroupSize / 2);

    /// <summary>Start of a block's scales: group g of token t is at [g·w + t].</summary>
    public float* Scales(int first) => _scales.Floats + (long)first * Groups;

    /// <summary>Packs some columns of a block of tokens.</summary>
    /// <param name="rows">For each token of the block, its value at column <paramref name="from"/>.</param>
    /// <param name="first">First token of the block.</param>
    /// <param name="width">Tokens in the block.</param>
    /// <param name="from">First column; a multiple of the group size.</param>
    /// <param name="count">Columns; whole groups, or up to the last column.</param>
    /// <param name="scratch">Room for width · (count + group) values.</param>
    public void Pack(float** rows, int first, int width, int from, int count, int* scratch)
    {
        if (Format.IsFloat)
        {
            Interleave((int**)rows, width, count, (int*)Floats(first) + (long)from * width);
            return;
        }

        var group = Format.GroupSize;
        var groups = (count + group - 1) / group;
        var pairs = stackalloc int*[width];
        for (var lane = 0; lane < width; lane++)
        {
            pairs[lane] = scratch + lane * groups * (group / 2);
            for (var g = 0; g < groups; g++)
            {
                var scale = Quantise(rows[lane] + g * group, Math.Min(group, count - g * group), group, (short*)(pairs[lane] + g * (group / 2)));
                Scales(first)[(long)(from / group + g) * width + lane] = scale;
            }
        }

        Interleave(pairs, width, groups * (group / 2), Pairs(first) + (long)from / 2 * width);
    }

    public void Dispose()
    {
        _values.Dispose();
        _scales.Dispose();
    }

    private static void Interleave(int** rows, int width, int count, int* destination)
    {
        if (width == 1)
        {
            new ReadOnlySpan<int>(rows[0], count).CopyTo(new(destination, count));
        }
        else if (width == 8)
        {
            int* a = rows[0], b = rows[1], c = rows[2], d = rows[3], e = rows[4], f = rows[5], g = rows[6], h = rows[7];
            for (var i = 0; i < count; i++, destination += 8)
                Vector256.Create(a[i], b[i], c[i], d[i], e[i], f[i], g[i], h[i]).Store(destination);
        }
        else
        {
            for (var i = 0; i < count; i++)
            {
                for (var lane = 0; lane < width; lane++) *destination++ = rows[lane][i];
            }
        }
    }

    // int16 with a scale per group keeps 15 bits of the largest activation of the group: the error of int8 inference is the weights' alone.
    private static float Quantise(float* source, int count, int group, short* destination)
    {
        if (count < group)
        {
            var padded = stackalloc float[group];
            new Span<float>(padded, group).Clear();
            new ReadOnlySpan<float>(source, count).CopyTo(new(padded, count));
            return Quantise(padded, group, group, destination);
        }

        var max = Vector512<float>.Zero;
        for (var i = 0; i < group; i += 16) max = Vector512.Max(max, Vector512.Abs(Vector512.Load(source + i)));
        var half = Vector256.Max(max.GetLower(), max.GetUpper());
        var quarter = Vector128.Max(half.GetLower(), half.GetUpper());
        var largest = Math.Max(Math.Max(quarter[0], quarter[1]), Math.Max(quarter[2], quarter[3]));
        var inverse = largest > 0 ? short.MaxValue / largest : 0;
        for (var i = 0; i < group; i += 32)
        {
            var low = Vector512.ConvertToInt32(Vector512.Round(Vector512.Load(source + i) * inverse));
            var high = Vector512.ConvertToInt32(Vector512.Round(Vector512.Load(source + i + 16) * inverse));
            Vector512.Narrow(low, high).Store(destination + i);
        }

        return largest / short.MaxValue;
    }
}
