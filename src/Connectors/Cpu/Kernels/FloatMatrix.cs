using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;
using Decant.Connectors.Cpu.Memory;

namespace Decant.Connectors.Cpu.Kernels;

/// <summary>Weights kept as float32 or bfloat16, products accumulated in float32.</summary>
internal sealed unsafe class FloatMatrix<TWeights> : PackedMatrix
    where TWeights : struct, IFloatWeights
{
    private readonly NativeBuffer _weights;
    private readonly long _panelBytes;

    public FloatMatrix(int rows, int columns, NativeArena arena)
        : base(rows, columns)
    {
        _panelBytes = (long)columns * TWeights.ColumnBytes;
        _weights = arena.Take(PanelCount * _panelBytes);
    }

    public override long Bytes => _weights.Bytes;

    public override ActivationFormat Activations => default;

    public override void Multiply(PackedActivations input, int from, int to, float* destination, int stride, in Epilogue epilogue)
    {
        if (KernelChoice.Current == KernelPath.Avx512)
            Multiply<Vector512<float>, Vector512<int>, Simd512>(input, from, to, destination, stride, epilogue);
        else if (KernelChoice.Current == KernelPath.Avx2)
            Multiply<Vector256<float>, Vector256<int>, Simd256>(input, from, to, destination, stride, epilogue);
        else
            Multiply<Vector128<float>, Vector128<int>, SimdPortable>(input, from, to, destination, stride, epilogue);
    }

    public override void PackRow(int row, ReadOnlySpan<float> values) =>
        TWeights.PackRow(_weights.Pointer + row / PanelRows * _panelBytes, row % PanelRows, values);

    public override void ReadRow(int row, Span<float> destination) =>
        TWeights.ReadRow(_weights.Pointer + row / PanelRows * _panelBytes, row % PanelRows, destination[..Columns]);

    private void Multiply<TFloat, TInt, TSimd>(PackedActivations input, int from, int to, float* destination, int stride, in Epilogue epilogue)
        where TFloat : struct
        where TInt : struct
        where TSimd : struct, ISimd<TFloat, TInt>
    {
        var products = stackalloc float[8 * PanelRows];
        for (var panel = from; panel < to; panel++)
        {
            var weights = _weights.Pointer + panel * _panelBytes;
            for (var first = 0; first < input.Tokens;)
            {
                var width = PackedActivations.BlockWidth(first, input.Tokens, KernelChoice.MaxTokens);
                var x = input.Floats(first);
                switch (width)
                {
                    case 8: FloatKernels<TFloat, TInt, TSimd, TWeights>.Eight(weights, x, Columns, products); break;
                    case 4: FloatKernels<TFloat, TInt, TSimd, TWeights>.Four(weights, x, Columns, products); break;
                    case 2: FloatKernels<TFloat, TInt, TSimd, TWeights>.Two(weights, x, Columns, products); break;
                    default: FloatKernels<TFloat, TInt, TSimd, TWeights>.One(weights, x, Columns, products); break;
                }

                for (var t = 0; t < width; t++)
                    epilogue.Apply(products + t * PanelRows, panel * PanelRows, destination + (long)(first + t) * stride);
                first += width;
            }
        }
    }
}
