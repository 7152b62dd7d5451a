using System.Buffers.Binary;
using System.Security.Cryptography;
using System.Text;

namespace Decant.Decoding;

/// <summary>The keyed pseudorandom function of watermarks: HMAC-SHA256 of the context seeds a 64-bit mixer of the token id. The same on every platform and in every version.</summary>
internal sealed class WatermarkHash(string key)
{
    private const int LongestContext = 64;
    private readonly byte[] _key = Encoding.UTF8.GetBytes(key);

    /// <summary>The seed that belongs to the tokens before the one being decided.</summary>
    public ulong Seed(ReadOnlySpan<int> context)
    {
        Span<byte> message = stackalloc byte[sizeof(int) * LongestContext];
        for (var i = 0; i < context.Length; i++) BinaryPrimitives.WriteInt32LittleEndian(message[(sizeof(int) * i)..], context[i]);
        Span<byte> hash = stackalloc byte[HMACSHA256.HashSizeInBytes];
        HMACSHA256.HashData(_key, message[..(sizeof(int) * context.Length)], hash);
        return BinaryPrimitives.ReadUInt64LittleEndian(hash);
    }

    /// <summary>64 pseudorandom bits for a token under a seed (SplitMix64).</summary>
    public static ulong Bits(ulong seed, int token)
    {
        var value = seed + ((ulong)(uint)(token + 1) * 0x9E3779B97F4A7C15);
        value = (value ^ (value >> 30)) * 0xBF58476D1CE4E5B9;
        value = (value ^ (value >> 27)) * 0x94D049BB133111EB;
        return value ^ (value >> 31);
    }
}
