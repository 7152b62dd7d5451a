namespace Decant.Connectors.Models;

/// <summary>bfloat16 as bits: the upper half of a float32.</summary>
internal static class BFloat16
{
    /// <summary>The nearest bfloat16, ties to even; NaN stays NaN.</summary>
    public static ushort Round(float value)
    {
        var bits = BitConverter.SingleToUInt32Bits(value);
        if (float.IsNaN(value)) return (ushort)((bits >> 16) | 0x40);
        return (ushort)((bits + 0x7FFF + ((bits >> 16) & 1)) >> 16);
    }

    public static float ToSingle(ushort bits) => BitConverter.UInt32BitsToSingle((uint)bits << 16);
}
