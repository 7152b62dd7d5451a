using System.Buffers;
using System.Text;

namespace Decant.Decoding;

/// <summary>Reads the answer out of generated tokens: no special tokens, no reasoning.</summary>
/// <param name="vocabulary">The vocabulary.</param>
/// <param name="reasoning">The marks around reasoning, and whether the prompt has opened it; null where there is none.</param>
internal sealed class AnswerText(ITokenVocabulary vocabulary, ReasoningSpan? reasoning)
{
    public string Read(ReadOnlyMemory<int> tokens)
    {
        var bytes = new ArrayBufferWriter<byte>();
        foreach (var token in tokens.Span)
        {
            if ((uint)token >= (uint)vocabulary.Count) continue;
            var piece = vocabulary.Bytes(token);
            if (!vocabulary.IsSpecial(token) || IsMark(piece)) bytes.Write(piece);
        }

        return Answer(Text(bytes.WrittenSpan));
    }

    private bool IsMark(ReadOnlySpan<byte> piece) => reasoning is var (open, close, _) && Encoding.UTF8.GetString(piece) is var text && (text == open || text == close);

    private string Answer(string text)
    {
        if (reasoning is not var (open, close, isOpen)) return text;
        if (!isOpen && !text.AsSpan().TrimStart().StartsWith(open, StringComparison.Ordinal)) return text;
        var end = text.IndexOf(close, StringComparison.Ordinal);
        return end < 0 ? "" : text[(end + close.Length)..].TrimStart('\n');
    }

    // A character that has not been written to its end is not there yet.
    private static string Text(ReadOnlySpan<byte> bytes)
    {
        var last = bytes.Length - 1;
        while (last >= 0 && last > bytes.Length - 4 && (bytes[last] & 0xC0) == 0x80) last--;
        var isCut = last >= 0 && Rune.DecodeFromUtf8(bytes[last..], out _, out _) == OperationStatus.NeedMoreData;
        return Encoding.UTF8.GetString(isCut ? bytes[..last] : bytes);
    }
}
