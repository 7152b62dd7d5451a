using System.Text;

namespace Decant.Connectors.Text;

/// <summary>GPT-2's printable alphabet for bytes: printable Latin-1 stands for itself, the rest is moved to U+0100 and up.</summary>
internal static class ByteLevel
{
    private static readonly char[] _chars = BuildChars();
    private static readonly Dictionary<char, byte> _bytes = Enumerable.Range(0, 256).ToDictionary(b => _chars[b], b => (byte)b);

    /// <summary>GPT-2's way of cutting text into words.</summary>
    public const string Pattern = @"'s|'t|'re|'ve|'m|'ll|'d| ?\p{L}+| ?\p{N}+| ?[^\s\p{L}\p{N}]+|\s+(?!\S)|\s+";

    public static string Encode(string text) =>
        string.Create(Encoding.UTF8.GetByteCount(text), text, static (chars, source) =>
        {
            Span<byte> bytes = chars.Length <= 512 ? stackalloc byte[chars.Length] : new byte[chars.Length];
            Encoding.UTF8.GetBytes(source, bytes);
            for (var i = 0; i < chars.Length; i++) chars[i] = _chars[bytes[i]];
        });

    /// <summary>The character that stands for a byte.</summary>
    public static string Encode(byte value) => _chars[value].ToString();

    /// <summary>A token's bytes; characters outside the alphabet (in added tokens) are themselves.</summary>
    public static byte[] Decode(string token)
    {
        var bytes = new List<byte>(token.Length);
        foreach (var rune in token.EnumerateRunes())
        {
            if (rune.IsBmp && _bytes.TryGetValue((char)rune.Value, out var b)) bytes.Add(b);
            else bytes.AddRange(Encoding.UTF8.GetBytes(rune.ToString()));
        }

        return [.. bytes];
    }

    private static char[] BuildChars()
    {
        var chars = new char[256];
        var next = 256;
        for (var b = 0; b < 256; b++)
            chars[b] = b is >= '!' and <= '~' or >= 0xA1 and <= 0xAC or >= 0xAE and <= 0xFF ? (char)b : (char)next++;
        return chars;
    }
}
