using System.Buffers;
using System.Runtime.InteropServices;
using System.Text;
using Decant.Decoding;

namespace Decant.Connectors.Text;

/// <summary>Turns tokens into text as they come: never half a UTF-8 sequence, nor half of what a reader sees as one character.</summary>
/// <remarks>
/// Serves one stream. Control tokens have no text unless they are to be shown, and neither have ids beyond the vocabulary: embedding tables are often longer than it, and
/// a model may draw what was never trained.
/// </remarks>
public sealed class IncrementalDetokenizer
{
    private readonly TextTokenizer _tokenizer;
    private readonly GraphemeBuffer? _graphemes;
    private readonly List<byte> _bytes = [];
    private readonly IReadOnlyCollection<int> _shown;
    private int _skip;
    private bool _atStart;

    /// <summary>Starts a stream.</summary>
    /// <param name="tokenizer">Whose tokens will come.</param>
    /// <param name="continues">Whether text stands before the stream, so that its first space is the text's own.</param>
    /// <param name="wholeGraphemes">
    /// Whether the last character waits until the next begins, because a mark may yet join it. False passes on code points at once, for a reader
    /// that looks for something in the text before it shows it.
    /// </param>
    /// <param name="skippedBytes">How many bytes at the beginning have no text: they were said before (token healing). At least 0.</param>
    /// <param name="shown">Control tokens that have text, for a reader that looks for them; a few. Default: none.</param>
    public IncrementalDetokenizer(TextTokenizer tokenizer, bool continues = false, bool wholeGraphemes = true, int skippedBytes = 0, IReadOnlyCollection<int>? shown = null)
    {
        ArgumentNullException.ThrowIfNull(tokenizer);
        ArgumentOutOfRangeException.ThrowIfNegative(skippedBytes);
        _skip = skippedBytes;
        _shown = shown ?? [];
        _tokenizer = tokenizer;
        _graphemes = wholeGraphemes ? new GraphemeBuffer() : null;
        _atStart = tokenizer.StripsLeadingSpace && !continues;
    }

    /// <summary>The text that token <paramref name="id"/> completes; often empty for a byte token.</summary>
    public string Append(int id)
    {
        if (id >= _tokenizer.Count || (_tokenizer.IsSpecial(id) && !_shown.Contains(id))) return "";
        var bytes = _tokenizer.Bytes(id);
        var skipped = Math.Min(_skip, bytes.Length);
        _skip -= skipped;
        _bytes.AddRange(bytes[skipped..]);
        var text = Decode(CompleteLength(CollectionsMarshal.AsSpan(_bytes)));
        return _graphemes?.Append(text) ?? text;
    }

    /// <summary>What was held back; bytes that never became UTF-8 are U+FFFD.</summary>
    public string Flush()
    {
        var text = Decode(_bytes.Count);
        return _graphemes is null ? text : _graphemes.Append(text) + _graphemes.Flush();
    }

    private string Decode(int count)
    {
        var text = Encoding.UTF8.GetString(CollectionsMarshal.AsSpan(_bytes)[..count]);
        _bytes.RemoveRange(0, count);
        if (!_atStart || text.Length == 0) return text;
        _atStart = false;
        return text[0] == ' ' ? text[1..] : text;
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
}
