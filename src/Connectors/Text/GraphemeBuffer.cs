using System.Globalization;

namespace Decant.Connectors.Text;

/// <summary>Passes a stream of text on in whole graphemes (what a reader sees as one character): the last one waits until the next begins.</summary>
/// <remarks>
/// Serves one stream. Any character but a control character may be followed by a mark that joins it (e and U+0301, 1 and a keycap, an emoji and a
/// joiner), so the text shown lags by one character, and by none at the end of a line.
/// </remarks>
internal sealed class GraphemeBuffer
{
    // A model that repeats a joining mark for ever must not stop the stream. Unicode's stream-safe format allows 30 marks.
    private const int MostHeld = 128;

    private string _held = "";

    /// <summary>Takes the next piece (whole code points) and returns the graphemes that nothing can change any more.</summary>
    public string Append(string piece)
    {
        if (piece.Length == 0) return "";
        var text = _held + piece;
        var last = 0;
        for (var at = 0; at < text.Length; at += StringInfo.GetNextTextElementLength(text, at)) last = at;
        var isOver = char.IsControl(text[^1]) && text[^1] != '\r';
        var kept = isOver || text.Length - last > MostHeld ? text.Length : last;
        _held = text[kept..];
        return text[..kept];
    }

    /// <summary>Returns what was held back, at the end of the text.</summary>
    public string Flush()
    {
        var held = _held;
        _held = "";
        return held;
    }
}
