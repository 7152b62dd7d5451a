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

    /// <summary>
    /// Packs columns <paramref name="from"/> … <paramref name="to"/> − 1 (whole groups) of one token.
    /// </summary>
    /// <param name="source">The token's columns; index 0 is column 0.</param>
    /// <param name="first">First token of its block.</param>
    /// <param name="width">Tokens in the block.</param>
    /// <param name="lane">Its place in the block.</param>
    /// <param name="from">First column.</param>
    /// <param name="to">Column after the last.</param>
    public void Pack(float* source, int first, int width, int lane, int from, int to)
    {
        if (Format.IsFloat)
        {
            var destination = Floats(first) + lane;
            for (var c = from; c < to; c++) destination[(long)c * width] = source[c];
            return;
        }

        var group = Format.GroupSize;
        for (var g = from / group; g * group < to; g++) Quantise(source, first, width, lane, g, Math.Min(group, Columns - g * group));
    }

    public void Dispose()
    {
        _values.Dispose();
        _scales.Dispose();
    }

    // int16 with a scale per group keeps 15 bits of the largest activation of the group: the error of int8 inference is the weights' alone.
    private void Quantise(float* source, int first, int width, int lane, int g, int count)
    {
        var group = Format.GroupSize;
        source += g * group;
        var max = 0f;
        for (var i = 0; i < count; i++) max = Math.Max(max, Math.Abs(source[i]));
        var pairs = Pairs(first) + (long)g * (group / 2) * width + lane;
        Scales(first)[(long)g * width + lane] = max / short.MaxValue;
        var inverse = max > 0 ? short.MaxValue / max : 0;
        for (var p = 0; p < group / 2; p++)
        {
            var low = 2 * p < count ? Round(source[2 * p] * inverse) : 0;
            var high = 2 * p + 1 < count ? Round(source[2 * p + 1] * inverse) : 0;
            pairs[(long)p * width] = (high << 16) | (low & 0xFFFF);
        }
    }

    private static int Round(float value) => Vector128.ConvertToInt32(Vector128.Round(Vector128.CreateScalar(value))).ToScalar();
}
