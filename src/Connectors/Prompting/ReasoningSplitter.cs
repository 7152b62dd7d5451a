namespace Decant.Connectors.Prompting;

/// <summary>
/// Splits a stream of text into reasoning and answer. Marks may be cut anywhere; they and the newlines right behind them are dropped. How the
/// text is cut into chunks changes nothing.
/// </summary>
/// <remarks>Serves one stream.</remarks>
/// <param name="format">The marks.</param>
/// <param name="startsInside">Whether the prompt already opened the reasoning block.</param>
/// <param name="onlyAtStart">Whether reasoning can only begin the text: behind anything but white space, marks are text.</param>
public sealed class ReasoningSplitter(ReasoningFormat format, bool startsInside = false, bool onlyAtStart = false)
{
    private string _pending = "";
    private bool _inside = startsInside;
    private bool _skipNewlines = startsInside;
    private bool _isOver;

    /// <summary>Whether the text so far ends inside a reasoning block.</summary>
    public bool InReasoning => _inside;

    /// <summary>The pieces that <paramref name="text"/> completes.</summary>
    public IReadOnlyList<(string Text, bool IsReasoning)> Append(string text)
    {
        ArgumentNullException.ThrowIfNull(text);
        _pending += text;
        var pieces = new List<(string, bool)>();
        while (true)
        {
            SkipNewlines();
            var mark = _inside ? format.Close : format.Open;
            var at = _isOver ? -1 : _pending.IndexOf(mark, StringComparison.Ordinal);
            var end = at >= 0 ? at : _pending.Length - (_isOver ? 0 : Overlap(_pending, mark));
            if (onlyAtStart && !_inside && !_isOver && !_pending.AsSpan(0, end).IsWhiteSpace())
            {
                _isOver = true;
                continue;
            }

            if (end > 0) pieces.Add((_pending[..end], _inside));
            if (at < 0)
            {
                _pending = _pending[end..];
                return pieces;
            }

            _pending = _pending[(at + mark.Length)..];
            _inside = !_inside;
            _isOver = onlyAtStart && !_inside;
            _skipNewlines = true;
        }
    }

    /// <summary>What was held back at the end of the stream.</summary>
    public IReadOnlyList<(string Text, bool IsReasoning)> Flush()
    {
        SkipNewlines();
        var rest = _pending;
        _pending = "";
        return rest.Length > 0 ? [(rest, _inside)] : [];
    }

    private void SkipNewlines()
    {
        if (!_skipNewlines) return;
        _pending = _pending.TrimStart('\n');
        if (_pending.Length > 0) _skipNewlines = false;
    }

    // Length of the longest end of the text that begins the mark.
    private static int Overlap(string text, string mark)
    {
        for (var length = Math.Min(text.Length, mark.Length - 1); length > 0; length--)
        {
            if (text.AsSpan(text.Length - length).SequenceEqual(mark.AsSpan(0, length))) return length;
        }

        return 0;
    }
}
