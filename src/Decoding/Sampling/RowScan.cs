using System.Numerics;
using System.Runtime.InteropServices;
using System.Runtime.Intrinsics;

namespace Decant.Decoding;

/// <summary>What every row of logits goes through, at the speed of memory.</summary>
internal static class RowScan
{
    // A chunk is read twice only where it holds the largest value.
    private const int Chunk = 2048;

    /// <summary>The lowest index of the largest value, or that of a NaN where there is one.</summary>
    /// <param name="row">At least one value.</param>
    public static int IndexOfMax(ReadOnlySpan<float> row)
    {
        var (best, chunk) = (float.NegativeInfinity, 0);
        for (var start = 0; start < row.Length; start += Chunk)
        {
            var largest = Max(row[start..Math.Min(start + Chunk, row.Length)]);
            if (float.IsNaN(largest)) return start + IndexOf(row[start..], largest);
            if (largest > best) (best, chunk) = (largest, start);
        }

        return chunk + IndexOf(row[chunk..], best);
    }

    /// <summary>Sets what a mask refuses to −∞ and returns how many that are.</summary>
    /// <param name="row">One value per token.</param>
    /// <param name="mask">One bit per token; set bits are allowed.</param>
    public static int Mask(Span<float> row, ReadOnlySpan<ulong> mask)
    {
        var allowed = 0;
        for (var start = 0; start < row.Length; start += 64)
        {
            var block = row[start..Math.Min(start + 64, row.Length)];
            var bits = mask[start >> 6];
            if (block.Length < 64) bits &= (1UL << block.Length) - 1;
            allowed += BitOperations.PopCount(bits);
            if (bits == ulong.MaxValue) continue;
            if (bits == 0) block.Fill(float.NegativeInfinity);
            else if (block.Length == 64) MaskBlock(block, bits);
            else MaskRest(block, bits);
        }

        return row.Length - allowed;
    }

    private static void MaskBlock(Span<float> block, ulong bits)
    {
        var lanes = Vector512.Create(1, 2, 4, 8, 16, 32, 64, 128, 256, 512, 1024, 2048, 4096, 8192, 16384, 32768);
        for (var i = 0; i < 64; i += Vector512<float>.Count)
        {
            var isAllowed = Vector512.Equals(Vector512.Create((int)(bits >> i)) & lanes, lanes).AsSingle();
            Vector512.ConditionalSelect(isAllowed, Vector512.Create<float>(block[i..]), Vector512.Create(float.NegativeInfinity)).CopyTo(block[i..]);
        }
    }

    private static void MaskRest(Span<float> block, ulong bits)
    {
        for (var i = 0; i < block.Length; i++)
        {
            if ((bits >> i & 1) == 0) block[i] = float.NegativeInfinity;
        }
    }

    private static float Max(ReadOnlySpan<float> values)
    {
        // Two running maxima, for one must wait for itself.
        var (first, second, isNaN) = (Vector512.Create(float.NegativeInfinity), Vector512.Create(float.NegativeInfinity), Vector512<float>.Zero);
        ref var from = ref MemoryMarshal.GetReference(values);
        var start = 0;
        for (; start + (2 * Vector512<float>.Count) <= values.Length; start += 2 * Vector512<float>.Count)
        {
            var (left, right) = (Vector512.LoadUnsafe(ref from, (nuint)start), Vector512.LoadUnsafe(ref from, (nuint)(start + Vector512<float>.Count)));
            first = Vector512.MaxNative(left, first);
            second = Vector512.MaxNative(right, second);
            isNaN |= Vector512.IsNaN(left) | Vector512.IsNaN(right);
        }

        var largest = float.NegativeInfinity;
        if (isNaN != Vector512<float>.Zero) return float.NaN;
        for (var i = 0; i < Vector512<float>.Count; i++) largest = Math.Max(largest, Math.Max(first[i], second[i]));
        foreach (var value in values[start..]) largest = Math.Max(largest, value);
        return largest;
    }

    private static int IndexOf(ReadOnlySpan<float> values, float wanted)
    {
        var index = 0;
        while (float.IsNaN(wanted) ? !float.IsNaN(values[index]) : values[index] != wanted) index++;
        return index;
    }
}
