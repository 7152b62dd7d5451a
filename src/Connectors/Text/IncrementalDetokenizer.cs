using System.Buffers;
using System.Globalization;
using System.Text;
using Decant.Decoding;

namespace Decant.Connectors.Text;

/// <summary>
/// Turns tokens into text as they come. Holds back an unfinished UTF-8 sequence, and a last character that the next one may still
/// change (an emoji before a joiner, a letter before a combining mark beyond plain text); everything else is passed on at once.
/// </summary>
/// <remarks>Serves one stream. Control tokens have no text.</remarks>
public sealed class IncrementalDetokenizer
{
    private readonly TextTokenizer _tokenizer;
    private readonly List<byte> _bytes = [];
    private string _held = "";
    private bool _atStart;

    /// <summary>Starts a stream.</summary>
    /// <param name="tokenizer">Whose tokens will come.</param>
    /// <param name="continues">Whether text stands before the stream, so that its first space is the text's own.</param>
    public IncrementalDetokenizer(TextTokenizer tokenizer, bool continues = false)
    {
        ArgumentNullException.ThrowIfNull(tokenizer);
        _tokenizer = tokenizer;
        _atStart = tokenizer.StripsLeadingSpace && !continues;
    }

    /// <summary>The text that token <paramref name="id"/> completes; often empty for a byte token.</summary>
    public string Append(int id)
    {
        if (_tokenizer.IsSpecial(id)) return "";
        _bytes.AddRange(_tokenizer.Bytes(id));
        return Emit(final: false);
    }

    /// <summary>What was held back; bytes that never became UTF-8 are U+FFFD.</summary>
    public string Flush() => Emit(final: true);

    private string Emit(bool final)
    {
        var span = System.Runtime.InteropServices.CollectionsMarshal.AsSpan(_bytes);
        var complete = final ? span.Length : CompleteLength(span);
        var text = _held + Encoding.UTF8.GetString(span[..complete]);
        _bytes.RemoveRange(0, complete);
        if (_atStart && text.Length > 0)
        {
            _atStart = false;
            if (text[0] == ' ') text = text[1..];
        }

        var keep = final ? text.Length : ReleasableLength(text);
        _held = text[keep..];
        return text[..keep];
    }

    // All bytes but an unfinished sequence at the end.
    private static int CompleteLength(ReadOnlySpan<byte> bytes)
    {
        for (var back = 1; back <= Math.Min(3, bytes.Length); back++)
        {
            var b = bytes[^back];
            if (b < 0x80) break;
            if (b < 0xC0) continue;
            return Rune.DecodeFromUtf8(bytes[^back..], out _, out _) == OperationStatus.NeedMoreData ? bytes.Length - back : bytes.Length;
        }

        return bytes.Length;
    }

    private static int ReleasableLength(string text)
    {
        if (text.Length == 0 || text[^1] < 0x300) return text.Length;
        var starts = StringInfo.ParseCombiningCharacters(text);
        var last = starts[^1];
        var first = Rune.GetRuneAt(text, last);
        // Letters and marks of ordinary scripts are released: the next code point rarely joins them, and streams should flow.
        return Rune.GetUnicodeCategory(first) is UnicodeCategory.OtherSymbol or UnicodeCategory.ModifierSymbol || first.Value >= 0x1F000 || text[last..].Contains('\u200D')
            ? last
            : text.Length;
    }
}
