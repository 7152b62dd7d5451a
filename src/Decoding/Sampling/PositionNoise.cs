using System.Runtime.Intrinsics;

namespace Decant.Decoding;

/// <summary>
/// Random numbers that are looked up rather than drawn in turn: each is a function of the seed, the absolute position of the token being
/// decided, a stream (what it is used for) and a lane (which of several, such as a token id).
/// </summary>
/// <remarks>
/// The draw at a position therefore does not depend on how many draws came before, in how many pieces the prompt ran, or
/// whether drafts were tried and rejected; and a drafter that shares the noise tends to draw the target's own token.
/// Keys are hashed by SplitMix64's finalizer, which is statistically sound but not cryptographic.
/// </remarks>
/// <param name="Seed">The request's seed; any value.</param>
public readonly record struct PositionNoise(long Seed)
{
    /// <summary>The stream that tokens are drawn from; its lanes are token ids. Use other streams for other decisions.</summary>
    public const int DrawStream = 0;

    /// <summary>The stream that says whether XTC excludes the top choices at a position.</summary>
    internal const int ExcludeStream = 1;

    private const ulong Golden = 0x9E3779B97F4A7C15;

    /// <summary>A uniform number strictly between 0 and 1, a multiple of 2⁻⁵³.</summary>
    /// <param name="position">Index of the token being decided, from the start of the prompt.</param>
    /// <param name="stream">What the number is used for.</param>
    /// <param name="lane">Which of the numbers for that use.</param>
    public double Uniform(long position, int stream, int lane) => Uniform(Key(position, stream), lane);

    /// <summary>A standard Gumbel number, −ln(−ln u) of <see cref="Uniform(long, int, int)"/>.</summary>
    /// <inheritdoc cref="Uniform(long, int, int)"/>
    public double Gumbel(long position, int stream, int lane) => -Math.Log(-Math.Log(Uniform(position, stream, lane)));

    /// <summary>Other noise made from this one's seed: what several states that are drawn side by side use.</summary>
    /// <param name="index">Which; 0 is this noise itself. Searches number their texts upwards from 0, texts that rewards are calibrated with have numbers below 0.</param>
    public PositionNoise Derive(int index) => index == 0 ? this : new((long)Mix((ulong)Seed ^ Mix((ulong)(uint)index * Golden)));

    /// <summary>The part of the hash that all lanes share.</summary>
    internal ulong Key(long position, int stream)
        => Mix(Mix(Mix((ulong)Seed + Golden) ^ (ulong)position) + ((ulong)(uint)stream * Golden) + Golden);

    /// <summary>The uniform number of <paramref name="lane"/> under <paramref name="key"/>.</summary>
    internal static double Uniform(ulong key, int lane) => ((Mix(key + ((ulong)(uint)lane * Golden)) >> 12) + 0.5) * (1.0 / (1UL << 52));

    /// <summary>The uniform numbers of eight lanes at once, bit for bit those of <see cref="Uniform(ulong, int)"/>.</summary>
    internal static Vector512<double> Uniform(ulong key, Vector512<ulong> lanes)
    {
        var value = Vector512.Create(key) + (lanes * Vector512.Create(Golden));
        value = (value ^ (value >>> 30)) * Vector512.Create(0xBF58476D1CE4E5B9);
        value = (value ^ (value >>> 27)) * Vector512.Create(0x94D049BB133111EB);
        value = (value ^ (value >>> 31)) >>> 12;

        // 52 bits below the exponent of 2⁵² are that number.
        var whole = (value | Vector512.Create(0x4330_0000_0000_0000UL)).AsDouble() - Vector512.Create((double)(1UL << 52));
        return (whole + Vector512.Create(0.5)) * Vector512.Create(1.0 / (1UL << 52));
    }

    private static ulong Mix(ulong value)
    {
        value = (value ^ (value >> 30)) * 0xBF58476D1CE4E5B9;
        value = (value ^ (value >> 27)) * 0x94D049BB133111EB;
        return value ^ (value >> 31);
    }
}
