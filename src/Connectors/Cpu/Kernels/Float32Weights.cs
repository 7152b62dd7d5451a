using System.Runtime.CompilerServices;

namespace Decant.Connectors.Cpu.Kernels;

/// <summary>float32 panels: 32 rows of a column side by side.</summary>
internal readonly unsafe struct Float32Weights : IFloatWeights
{
    public static int ColumnBytes => PackedMatrix.PanelRows * sizeof(float);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void Load<TFloat, TInt, TSimd>(byte* column, int offset, out TFloat low, out TFloat high)
        where TFloat : struct
        where TInt : struct
        where TSimd : struct, ISimd<TFloat, TInt>
    {
        low = TSimd.Load((float*)column + offset);
        high = TSimd.Load((float*)column + offset + 16);
    }

    public static void PackRow(byte* panel, int lane, ReadOnlySpan<float> values)
    {
        var target = (float*)panel + lane;
        foreach (var value in values)
        {
            *target = value;
            target += PackedMatrix.PanelRows;
        }
    }

    public static void ReadRow(byte* panel, int lane, Span<float> values)
    {
        var source = (float*)panel + lane;
        for (var i = 0; i < values.Length; i++) values[i] = source[(long)i * PackedMatrix.PanelRows];
    }
}
