namespace Decant.Connectors.Cpu.Kernels;

/// <summary>How float weights lie in a panel: per column, 32 rows in an order that two loads split into rows 0…15 and 16…31.</summary>
internal unsafe interface IFloatWeights
{
    /// <summary>Bytes of one column of a panel.</summary>
    static abstract int ColumnBytes { get; }

    /// <summary>Loads rows offset … offset + width − 1 (<paramref name="low"/>) and those 16 further (<paramref name="high"/>) of a column.</summary>
    static abstract void Load<TFloat, TInt, TSimd>(byte* column, int offset, out TFloat low, out TFloat high)
        where TFloat : struct
        where TInt : struct
        where TSimd : struct, ISimd<TFloat, TInt>;

    static abstract void PackRow(byte* panel, int lane, ReadOnlySpan<float> values);

    static abstract void ReadRow(byte* panel, int lane, Span<float> values);
}
