using System.Buffers;
using System.Globalization;
using System.Text;
using System.Text.Unicode;

namespace Decant.Decoding;

/// <summary>Shows single tokens as text.</summary>
public static class TokenText
{
    /// <summary>The bytes as text; those that are not whole UTF-8, as tokens often are not, in the form <c>\xE2</c>.</summary>
    public static string Of(ReadOnlySpan<byte> bytes)
    {
        if (Utf8.IsValid(bytes)) return Encoding.UTF8.GetString(bytes);
        var text = new StringBuilder();
        while (!bytes.IsEmpty)
        {
            if (Rune.DecodeFromUtf8(bytes, out var rune, out var read) == OperationStatus.Done) text.Append(rune.ToString());
            else foreach (var value in bytes[..read]) text.Append(CultureInfo.InvariantCulture, $"\\x{value:X2}");
            bytes = bytes[read..];
        }

        return text.ToString();
    }

    /// <summary>The text of a token; empty for ids beyond the vocabulary, which embedding tables may have.</summary>
    public static string Of(ITokenVocabulary vocabulary, int id)
    {
        ArgumentNullException.ThrowIfNull(vocabulary);
        return (uint)id < (uint)vocabulary.Count ? Of(vocabulary.Bytes(id)) : "";
    }
}
