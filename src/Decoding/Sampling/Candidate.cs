using System.Runtime.InteropServices;
using System.Runtime.Intrinsics;

namespace Decant.Decoding;

/// <summary>A token and its logit packed into 64 bits that sort ascending by descending logit, then ascending id.</summary>
internal static class Candidate
{
    private const uint SignBit = 0x8000_0000;
    private const int Block = 4 * 16;

    public static int Id(ulong candidate) => (int)candidate;

    public static float Logit(ulong candidate)
    {
        var ordered = ~(uint)(candidate >> 32);
        return BitConverter.UInt32BitsToSingle((ordered & SignBit) == 0 ? ~ordered : ordered ^ SignBit);
    }

    /// <summary>The <paramref name="count"/> largest finite <paramref name="logits"/>, sorted; the lowest ids among equals.</summary>
    /// <param name="logits">A row without NaN.</param>
    /// <param name="count">How many, at least 1.</param>
    /// <param name="buffer">Receives them at its front; at least <see cref="LargestBufferLength"/> long.</param>
    /// <returns>How many there are: fewer than <paramref name="count"/> when the rest of the row is −∞.</returns>
    public static int Largest(ReadOnlySpan<float> logits, int count, Span<ulong> buffer)
    {
        // Only what beats the count-th best so far is collected; ids ascend, so an equal one that comes later has lost.
        var threshold = float.NegativeInfinity;
        var found = 0;
        for (var start = 0; start < logits.Length; start += Vector512<float>.Count)
        {
            var block = logits[start..Math.Min(start + Vector512<float>.Count, logits.Length)];
            if (!AnyGreater(block, threshold)) continue;

            if (found + block.Length > buffer.Length)
            {
                buffer[..found].Sort();
                found = count;
                threshold = Logit(buffer[count - 1]);
            }

            for (var i = 0; i < block.Length; i++)
            {
                if (block[i] > threshold) buffer[found++] = Pack(block[i], start + i);
            }
        }

        buffer[..found].Sort();
        return Math.Min(found, count);
    }

    /// <summary>The ids of the <paramref name="count"/> largest finite <paramref name="logits"/>, likeliest first.</summary>
    /// <inheritdoc cref="Largest(ReadOnlySpan{float}, int, Span{ulong})"/>
    /// <param name="logits">A row without NaN.</param>
    /// <param name="count">How many, at least 1.</param>
    /// <param name="buffer">At least <see cref="LargestBufferLength"/> long.</param>
    /// <param name="ids">Room for <paramref name="count"/> ids.</param>
    public static ReadOnlySpan<int> Largest(ReadOnlySpan<float> logits, int count, Span<ulong> buffer, Span<int> ids)
    {
        var found = Largest(logits, count, buffer);
        for (var i = 0; i < found; i++) ids[i] = Id(buffer[i]);
        return ids[..found];
    }

    /// <summary>A buffer length for <see cref="Largest(ReadOnlySpan{float}, int, Span{ulong})"/> that keeps sorting rare.</summary>
    public static int LargestBufferLength(int count) => (2 * count) + 256;

    /// <summary>Collects, unsorted, the tokens whose <paramref name="weights"/> are at least <paramref name="cutoff"/>.</summary>
    /// <param name="logits">The row.</param>
    /// <param name="weights">One non-negative value per logit.</param>
    /// <param name="cutoff">The smallest weight to collect.</param>
    /// <param name="buffer">Receives them at its front; as long as the row.</param>
    /// <returns>How many there are and the sum of their weights.</returns>
    public static (int Count, double Mass) AtLeast(ReadOnlySpan<float> logits, ReadOnlySpan<float> weights, float cutoff, Span<ulong> buffer)
    {
        var least = Vector512.Create(cutoff);
        ref var first = ref MemoryMarshal.GetReference(weights);
        var found = 0;
        var mass = 0.0;
        for (var start = 0; start < logits.Length; start += Block)
        {
            var end = Math.Min(start + Block, logits.Length);
            if (end - start == Block && !Vector512.GreaterThanOrEqualAny(Max(ref first, start), least)) continue;
            for (var i = start; i < end; i++)
            {
                if (weights[i] < cutoff) continue;
                buffer[found++] = Pack(logits[i], i);
                mass += weights[i];
            }
        }

        return (found, mass);
    }

    /// <summary>How many of sorted candidates have at least this logit; never 0, for the first is the row's largest.</summary>
    public static int CountAtLeast(ReadOnlySpan<ulong> candidates, float logit)
    {
        var count = candidates.Length;
        while (count > 1 && Logit(candidates[count - 1]) < logit) count--;
        return count;
    }

    /// <summary>The standard deviation of the finite values of a row, as that of a whole population.</summary>
    /// <param name="logits">The row.</param>
    /// <param name="maximum">Its largest value; differences from it lose no digits.</param>
    public static double FiniteDeviation(ReadOnlySpan<float> logits, float maximum)
    {
        var (count, sum, squares) = (0, 0.0, 0.0);
        foreach (var logit in logits)
        {
            if (logit == float.NegativeInfinity) continue;
            var below = (double)maximum - logit;
            count++;
            sum += below;
            squares += below * below;
        }

        return Math.Sqrt(Math.Max(0, (squares / count) - (sum / count * (sum / count))));
    }

    private static ulong Pack(float logit, int id)
    {
        var bits = BitConverter.SingleToUInt32Bits(logit + 0f); // adding zero makes -0 equal to +0
        var ordered = (bits & SignBit) == 0 ? bits | SignBit : ~bits;
        return ((ulong)~ordered << 32) | (uint)id;
    }

    private static bool AnyGreater(ReadOnlySpan<float> block, float threshold)
        => block.Length < Vector512<float>.Count || Vector512.GreaterThanAny(Vector512.Create(block), Vector512.Create(threshold));

    // The largest of the block's values in each lane.
    private static Vector512<float> Max(ref float first, int start) => Vector512.MaxNative(
        Vector512.MaxNative(Vector512.LoadUnsafe(ref first, (nuint)start), Vector512.LoadUnsafe(ref first, (nuint)start + 16)),
        Vector512.MaxNative(Vector512.LoadUnsafe(ref first, (nuint)start + 32), Vector512.LoadUnsafe(ref first, (nuint)start + 48)));
}
