using System.Runtime.Intrinsics;
using Decant.Connectors.Cpu.Memory;

namespace Decant.Connectors.Cpu.Kernels;

/// <summary>
/// Weights as signed bytes with a bfloat16 scale per group of columns (or per row); activations as int16 with a scale per group.
/// A group's sum is exact in int32, so only the sums of groups are rounded, in the order of the columns.
/// </summary>
internal sealed unsafe class Int8Matrix : PackedMatrix
{
    private const int PairBytes = PanelRows * 2;
    private const int ScaleBytes = PanelRows * sizeof(ushort);

    private readonly NativeBuffer _weights;
    private readonly NativeBuffer _scales;
    private readonly int _group;
    private readonly int _groups;
    private readonly int _scalesPerRow;
    private readonly long _panelBytes;

    /// <param name="rows">Output rows.</param>
    /// <param name="columns">Input columns.</param>
    /// <param name="groupSize">Columns per weight scale: 32, 64, 128, 256, or 0 for one scale per row.</param>
    /// <param name="arena">Where the weights go.</param>
    public Int8Matrix(int rows, int columns, int groupSize, NativeArena arena)
        : base(rows, columns)
    {
        _group = Fit(groupSize == 0 ? 64 : groupSize, columns);
        _groups = (columns + _group - 1) / _group;
        _scalesPerRow = groupSize == 0 ? 1 : _groups;
        _panelBytes = (long)_groups * (_group / 2) * PairBytes;
        _weights = arena.Take(PanelCount * _panelBytes);
        _scales = arena.Take((long)PanelCount * _scalesPerRow * ScaleBytes);
    }

    public override long Bytes => _weights.Bytes + _scales.Bytes;

    public override ActivationFormat Activations => new(_group);

    public override void Multiply(PackedActivations input, int from, int to, float* destination, int stride, in Epilogue epilogue)
    {
        if (KernelChoice.Current == KernelPath.Avx512)
            Multiply<Vector512<float>, Vector512<int>, Simd512>(input, from, to, destination, stride, epilogue);
        else if (KernelChoice.Current == KernelPath.Avx2)
            Multiply<Vector256<float>, Vector256<int>, Simd256>(input, from, to, destination, stride, epilogue);
        else
            Multiply<Vector128<float>, Vector128<int>, SimdPortable>(input, from, to, destination, stride, epilogue);
    }

    public override void PackRow(int row, ReadOnlySpan<float> values)
    {
        for (var g = 0; g < _scalesPerRow; g++)
        {
            var start = g * _group;
            var part = _scalesPerRow == 1 ? values : values.Slice(start, Math.Min(_group, Columns - start));
            var scale = Scale(Math.Abs(System.Numerics.Tensors.TensorPrimitives.MaxMagnitude(part)));
            Span<float> one = [scale];
            BFloat16Weights.PackRow(_scales.Pointer + ScalesOffset(row / PanelRows, g), row % PanelRows, one);
            for (var c = 0; c < part.Length; c++) *Weight(row, start + c) = scale > 0 ? (sbyte)Math.Clamp(MathF.Round(part[c] / scale), -127, 127) : (sbyte)0;
        }
    }

    public override void ReadRow(int row, Span<float> destination)
    {
        Span<float> scale = stackalloc float[1];
        for (var c = 0; c < Columns; c++)
        {
            if (c % _group == 0)
                BFloat16Weights.ReadRow(_scales.Pointer + ScalesOffset(row / PanelRows, _scalesPerRow == 1 ? 0 : c / _group), row % PanelRows, scale);
            destination[c] = *Weight(row, c) * scale[0];
        }
    }

    // Groups are whole 32s; a group size that would pad the columns is halved until it does not, or is 32.
    private static int Fit(int groupSize, int columns)
    {
        while (groupSize > 32 && columns % groupSize != 0) groupSize /= 2;
        return groupSize;
    }

    // Rounded up to bfloat16, so that no quantised value exceeds 127.
    private static float Scale(float max)
    {
        var scale = BitConverter.SingleToUInt32Bits(max / 127);
        return BitConverter.UInt32BitsToSingle((scale + 0xFFFF) & 0xFFFF0000);
    }

    private long ScalesOffset(int panel, int group) => ((long)panel * _scalesPerRow + group) * ScaleBytes;

    private sbyte* Weight(int row, int column) =>
        (sbyte*)_weights.Pointer + row / PanelRows * _panelBytes + column / 2 * PairBytes + row % PanelRows * 2 + column % 2;

    private void Multiply<TFloat, TInt, TSimd>(PackedActivations input, int from, int to, float* destination, int stride, in Epilogue epilogue)
        where TFloat : struct
        where TInt : struct
        where TSimd : struct, ISimd<TFloat, TInt>
    {
        var products = stackalloc float[8 * PanelRows];
        var scaleStep = _scalesPerRow == 1 ? 0 : ScaleBytes;
        for (var panel = from; panel < to; panel++)
        {
            var weights = (sbyte*)_weights.Pointer + panel * _panelBytes;
            var scales = _scales.Pointer + ScalesOffset(panel, 0);
            for (var first = 0; first < input.Tokens;)
            {
                var width = PackedActivations.BlockWidth(first, input.Tokens, KernelChoice.MaxTokens);
                for (var i = 0; i < width * PanelRows; i += 16) Vector512<float>.Zero.Store(products + i);
                var x = input.Pairs(first);
                var xScales = input.Scales(first);
                switch (width)
                {
                    case 8: Int8Kernels<TFloat, TInt, TSimd>.Eight(weights, scales, scaleStep, x, xScales, _groups, _group / 2, products); break;
                    case 4: Int8Kernels<TFloat, TInt, TSimd>.Four(weights, scales, scaleStep, x, xScales, _groups, _group / 2, products); break;
                    case 2: Int8Kernels<TFloat, TInt, TSimd>.Two(weights, scales, scaleStep, x, xScales, _groups, _group / 2, products); break;
                    default: Int8Kernels<TFloat, TInt, TSimd>.One(weights, scales, scaleStep, x, xScales, _groups, _group / 2, products); break;
                }

                for (var t = 0; t < width; t++)
                    epilogue.Apply(products + t * PanelRows, panel * PanelRows, destination + (long)(first + t) * stride);
                first += width;
            }
        }
    }
}
