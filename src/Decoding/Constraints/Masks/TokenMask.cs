using System.Numerics.Tensors;

namespace Decant.Decoding;

/// <summary>Masks of tokens: bit i % 64 of word i / 64 is token i's (<see cref="IConstraint.FillMask"/>).</summary>
internal static class TokenMask
{
    /// <summary>How many words the mask of so many tokens has.</summary>
    public static int Words(int tokens) => (tokens + 63) >> 6;

    /// <summary>The mask of some of so many tokens.</summary>
    public static ulong[] Of(IEnumerable<int> tokens, int count)
    {
        var mask = new ulong[Words(count)];
        foreach (var token in tokens) Set(mask, token);
        return mask;
    }

    public static bool Contains(ReadOnlySpan<ulong> mask, int token) => (mask[token >> 6] >> (token & 63) & 1) != 0;

    public static void Set(Span<ulong> mask, int token) => mask[token >> 6] |= 1UL << (token & 63);

    public static void Clear(Span<ulong> mask, int token) => mask[token >> 6] &= ~(1UL << (token & 63));

    /// <summary>Clears the bit of every token that is not allowed. Rows may be longer than the vocabulary: what is beyond <paramref name="allowed"/> is not allowed either.</summary>
    public static void Restrict(Span<ulong> mask, ReadOnlySpan<ulong> allowed)
    {
        allowed = allowed[..Math.Min(mask.Length, allowed.Length)];
        TensorPrimitives.BitwiseAnd(mask[..allowed.Length], allowed, mask[..allowed.Length]);
        mask[allowed.Length..].Clear();
    }
}
