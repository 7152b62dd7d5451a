using System.Runtime.Intrinsics;

namespace Decant.Decoding;

/// <summary>A set of bytes.</summary>
internal readonly struct ByteSet : IEquatable<ByteSet>
{
    private readonly Vector256<ulong> _bits;

    private ByteSet(Vector256<ulong> bits) => _bits = bits;

    public static ByteSet All { get; } = new(Vector256<ulong>.AllBitsSet);

    public bool IsEmpty => _bits == Vector256<ulong>.Zero;

    public static ByteSet Of(byte value) => Range(value, value);

    /// <summary>A set for each of several bytes: what an automaton that compares with them tells apart.</summary>
    public static IReadOnlyList<ByteSet> Each(IEnumerable<byte> values) => [.. values.Distinct().Select(Of)];

    /// <summary>The bytes from <paramref name="first"/> to <paramref name="last"/>, both included; none where the order is the other.</summary>
    public static ByteSet Range(byte first, byte last)
    {
        Span<ulong> bits = stackalloc ulong[4];
        for (int value = first; value <= last; value++) bits[value >> 6] |= 1UL << (value & 63);
        return new ByteSet(Vector256.Create<ulong>(bits));
    }

    public static ByteSet operator |(ByteSet left, ByteSet right) => new(left._bits | right._bits);

    public static ByteSet operator &(ByteSet left, ByteSet right) => new(left._bits & right._bits);

    public static ByteSet operator ~(ByteSet set) => new(~set._bits);

    public bool Contains(byte value) => (_bits[value >> 6] >> (value & 63) & 1) != 0;

    public bool Equals(ByteSet other) => _bits == other._bits;

    public override bool Equals(object? obj) => obj is ByteSet other && Equals(other);

    public override int GetHashCode() => HashCode.Combine(_bits[0], _bits[1], _bits[2], _bits[3]);
}
