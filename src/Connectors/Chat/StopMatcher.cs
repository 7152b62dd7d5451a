namespace Decant.Connectors.Chat;

/// <summary>Ends a text at the first stop string, wherever the pieces it arrives in are cut. Knows nothing of tokens.</summary>
/// <remarks>The stop string that is complete first wins, the longest of those that end together. It is not part of the text.</remarks>
internal sealed class StopMatcher
{
    private readonly string[] _stops;
    private string _held = "";

    /// <param name="stops">Non-empty strings, compared ordinally.</param>
    public StopMatcher(IEnumerable<string> stops) => _stops = [.. stops.Distinct()];

    /// <summary>Whether a stop string was met: the text is over.</summary>
    public bool Stopped { get; private set; }

    /// <summary>Takes the next piece and returns what can no longer become part of a stop string.</summary>
    public string Append(string piece)
    {
        if (Stopped) return "";
        if (_stops.Length == 0 || piece.Length == 0) return piece;

        var text = _held + piece;
        for (var end = _held.Length + 1; end <= text.Length; end++)
        {
            if (LongestStopAtEnd(text.AsSpan(0, end)) is not (> 0 and var length)) continue;
            Stopped = true;
            _held = "";
            return text[..(end - length)];
        }

        var kept = text.Length - LongestBeginningAtEnd(text);
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

    private int LongestStopAtEnd(ReadOnlySpan<char> text)
    {
        var longest = 0;
        foreach (var stop in _stops)
        {
            if (stop.Length > longest && text.EndsWith(stop)) longest = stop.Length;
        }

        return longest;
    }

    private int LongestBeginningAtEnd(ReadOnlySpan<char> text)
    {
        var longest = 0;
        foreach (var stop in _stops)
        {
            for (var length = Math.Min(stop.Length - 1, text.Length); length > longest; length--)
            {
                if (text.EndsWith(stop.AsSpan(0, length))) longest = length;
            }
        }

        return longest;
    }
}
