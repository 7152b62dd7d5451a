using System.Runtime.InteropServices;

namespace Decant.Decoding;

/// <summary>Tokens as a key of a dictionary.</summary>
internal static class TokenKey
{
    public static string Of(ReadOnlySpan<int> tokens) => new(MemoryMarshal.Cast<int, char>(tokens));
}
