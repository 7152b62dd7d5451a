using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using Microsoft.Extensions.AI;

namespace Decant.Connectors.Prompting;

/// <summary>
/// Splits a stream of text into what is said and calls of tools. Marks and calls may be cut anywhere; nothing of them is said. How the text is cut into chunks changes nothing.
/// </summary>
/// <remarks>Serves one stream. Knows that calls end the answer: behind the first trigger there are calls and what stands between them.</remarks>
/// <param name="format">How calls are written.</param>
/// <param name="names">The tools that can be called. An object that calls none of them is text.</param>
/// <param name="onlyAtStart">Whether calls can only begin the text: otherwise it is JSON, in which a trigger means nothing.</param>
internal sealed class ToolCallSplitter(ToolCallFormat format, IReadOnlySet<string> names, bool onlyAtStart)
{
    // Mistral's templates refuse any other length.
    private const int IdLength = 9;

    // What the grammar lets through may be nested as deep as the answer is long.
    private static readonly JsonDocumentOptions _deep = new() { MaxDepth = int.MaxValue };

    private readonly StringBuilder _object = new();
    private string _pending = "";
    private bool _inCalls;
    private bool _isText;
    private int _depth;
    private bool _inString;
    private bool _isEscaped;

    /// <summary>The pieces that <paramref name="text"/> completes: texts, and calls whose arguments are complete.</summary>
    public List<(string Text, FunctionCallContent? Call)> Append(string text)
    {
        var pieces = new List<(string, FunctionCallContent?)>();
        while (text.Length > 0) text = _inCalls ? AppendCalls(text, pieces) : AppendText(text, pieces);
        return pieces;
    }

    /// <summary>What was held back at the end of the stream. A call that is not complete is nothing.</summary>
    public string Flush()
    {
        var held = _pending;
        _pending = "";
        return held;
    }

    // Both give what is left of the text.
    private string AppendText(string text, List<(string, FunctionCallContent?)> pieces)
    {
        text = _pending + text;
        _pending = "";
        var at = _isText ? -1 : text.IndexOf(format.Trigger, StringComparison.Ordinal);
        if (onlyAtStart && at > 0) at = -1;
        _inCalls = at >= 0;
        var end = _inCalls ? at : text.Length - Held(text);
        if (end > 0)
        {
            pieces.Add((text[..end], null));
            _isText = onlyAtStart;
        }

        if (_inCalls) return text[at..];
        _pending = text[end..];
        return "";
    }

    private string AppendCalls(string text, List<(string, FunctionCallContent?)> pieces)
    {
        for (var i = 0; i < text.Length; i++)
        {
            if (_depth == 0 && text[i] != '{') continue;
            _object.Append(text[i]);
            Scan(text[i]);
            if (_depth > 0) continue;
            var json = _object.ToString();
            _object.Clear();
            var call = ReadCall(json);
            pieces.Add(call is null ? (json, null) : ("", call));
            if (call is not null) continue;
            (_inCalls, _isText) = (false, true);
            return text[(i + 1)..];
        }

        return "";
    }

    private void Scan(char c)
    {
        if (_isEscaped) _isEscaped = false;
        else if (_inString && c == '\\') _isEscaped = true;
        else if (c == '"') _inString = !_inString;
        else if (!_inString && c == '{') _depth++;
        else if (!_inString && c == '}') _depth--;
    }

    private FunctionCallContent? ReadCall(string json)
    {
        using var document = JsonDocument.Parse(json, _deep);
        if (!document.RootElement.TryGetProperty("name", out var name) || name.ValueKind != JsonValueKind.String || !names.Contains(name.GetString()!)
            || !document.RootElement.TryGetProperty(format.ArgumentsName, out var arguments) || arguments.ValueKind != JsonValueKind.Object) return null;

        // Where a member is written twice the last one counts, as in JSON.
        var values = new Dictionary<string, object?>();
        foreach (var member in arguments.EnumerateObject()) values[member.Name] = member.Value.Clone();
        return new FunctionCallContent(RandomNumberGenerator.GetString("abcdefghijklmnopqrstuvwxyz0123456789", IdLength), name.GetString()!, values);
    }

    // How much of the text's end may be the beginning of the trigger.
    private int Held(string text)
    {
        if (_isText) return 0;
        for (var length = Math.Min(text.Length, format.Trigger.Length - 1); length > 0; length--)
        {
            if ((!onlyAtStart || length == text.Length) && text.AsSpan(text.Length - length).SequenceEqual(format.Trigger.AsSpan(0, length))) return length;
        }

        return 0;
    }
}
