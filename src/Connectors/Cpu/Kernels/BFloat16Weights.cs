using System.Runtime.CompilerServices;
using Decant.Connectors.Models;

namespace Decant.Connectors.Cpu.Kernels;

/// <summary>bfloat16 panels: row r in the low half and row r + 16 in the high half of a 32-bit lane, so that a shift and a mask widen both.</summary>
internal readonly unsafe struct BFloat16Weights : IFloatWeights
{
    public static int ColumnBytes => PackedMatrix.PanelRows * sizeof(ushort);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void Load<TFloat, TInt, TSimd>(byte* column, int offset, out TFloat low, out TFloat high)
        where TFloat : struct
        where TInt : struct
        where TSimd : struct, ISimd<TFloat, TInt>
    {
        var bits = TSimd.LoadBits((int*)column + offset);
        low = TSimd.LowHalf(bits);
        high = TSimd.HighHalf(bits);
    }

    public static void PackRow(byte* panel, int lane, ReadOnlySpan<float> values)
    {
        var target = (ushort*)panel + Index(lane);
        foreach (var value in values)
        {
            *target = BFloat16.Round(value);
            target += PackedMatrix.PanelRows;
        }
    }

    public static void ReadRow(byte* panel, int lane, Span<float> values)
    {
        var source = (ushort*)panel + Index(lane);
        for (var i = 0; i < values.Length; i++) values[i] = BFloat16.ToSingle(source[(long)i * PackedMatrix.PanelRows]);
    }

    private static int Index(int lane) => lane < 16 ? 2 * lane : 2 * (lane - 16) + 1;
}
