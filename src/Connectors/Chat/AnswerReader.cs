using Decant.Connectors.Prompting;
using Decant.Connectors.Text;
using Decant.Decoding;
using Microsoft.Extensions.AI;

namespace Decant.Connectors.Chat;

/// <summary>Turns generated tokens into contents: bytes to characters, stop strings out, reasoning and calls of tools apart. Knows when the answer is over and why.</summary>
internal sealed class AnswerReader(IncrementalDetokenizer detokenizer, StopMatcher stops, ReasoningSplitter? splitter, ToolCallSplitter? calls, bool dropReasoning)
{
    // Last of all: stop strings and reasoning marks must be seen as soon as they are complete, whole characters matter only to who reads.
    private readonly GraphemeBuffer _graphemes = new();
    private bool _isReasoning;
    private bool _hasCalls;

    /// <summary>Tokens so far, the end token included.</summary>
    public int TokenCount { get; private set; }

    /// <summary>How many of them were reasoning.</summary>
    public int ReasoningTokenCount { get; private set; }

    /// <summary>Whether the last token was reasoning or a mark around it.</summary>
    public bool LastIsReasoning { get; private set; }

    /// <summary>Why the answer ended, or null while it goes on.</summary>
    public ChatFinishReason? FinishReason { get; private set; }

    /// <summary>What ended the generation, or null where a stop sequence did.</summary>
    public FinishKind? Finish { get; private set; }

    /// <summary>Takes the next token and returns what it adds to the answer, everything held back included if it is the last.</summary>
    public List<AIContent> Append(GeneratedToken token)
    {
        TokenCount++;
        LastIsReasoning = splitter is { InReasoning: true };
        if (LastIsReasoning) ReasoningTokenCount++;

        var text = token.Finish == FinishKind.EndToken ? "" : stops.Append(detokenizer.Append(token.Id));
        if (token.Finish is not null && !stops.Stopped) text += stops.Append(detokenizer.Flush());
        if (token.Finish is not null && !stops.Stopped) text += stops.Flush();

        if (stops.Stopped || token.Finish == FinishKind.EndToken) FinishReason = ChatFinishReason.Stop;
        else if (token.Finish is not null) FinishReason = ChatFinishReason.Length;
        if (!stops.Stopped) Finish = token.Finish;
        var contents = Contents(text);
        if (_hasCalls && FinishReason == ChatFinishReason.Stop) FinishReason = ChatFinishReason.ToolCalls;
        LastIsReasoning |= splitter is { InReasoning: true };
        return contents;
    }

    private List<AIContent> Contents(string text)
    {
        var contents = new List<AIContent>();
        foreach (var (piece, isReasoning) in Pieces(text))
        {
            if (isReasoning != _isReasoning) Add(contents, _graphemes.Flush());
            _isReasoning = isReasoning;
            if (isReasoning || calls is null) Add(contents, _graphemes.Append(piece));
            else AddAnswer(contents, calls.Append(piece));
        }

        if (FinishReason is null) return contents;
        Add(contents, _graphemes.Append(_isReasoning ? "" : calls?.Flush() ?? "") + _graphemes.Flush());
        return contents;
    }

    private void AddAnswer(List<AIContent> contents, List<(string Text, FunctionCallContent? Call)> pieces)
    {
        foreach (var (text, call) in pieces)
        {
            Add(contents, _graphemes.Append(text));
            if (call is null) continue;
            Add(contents, _graphemes.Flush());
            contents.Add(call);
            _hasCalls = true;
        }
    }

    private IEnumerable<(string Text, bool IsReasoning)> Pieces(string text)
    {
        if (splitter is null) return [(text, false)];
        var pieces = splitter.Append(text);
        return FinishReason is null ? pieces : pieces.Concat(splitter.Flush());
    }

    private void Add(List<AIContent> contents, string text)
    {
        if (text.Length == 0 || (_isReasoning && dropReasoning)) return;
        switch (contents.LastOrDefault())
        {
            case TextReasoningContent last when _isReasoning:
                last.Text += text;
                break;
            case TextContent last when !_isReasoning:
                last.Text += text;
                break;
            default:
                contents.Add(_isReasoning ? new TextReasoningContent(text) : new TextContent(text));
                break;
        }
    }
}
