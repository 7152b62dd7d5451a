using Decant.Connectors.Chat;
using Decant.Decoding;
using Microsoft.Extensions.AI;

namespace Decant.Tool;

/// <summary>A conversation: streams answers to the terminal and remembers them.</summary>
/// <param name="client">Who answers.</param>
/// <param name="options">How.</param>
/// <param name="console">Where the answers go.</param>
/// <param name="traceFile">The file that holds the traces of all answers, or null for none.</param>
internal sealed class ChatSession(IChatClient client, ChatOptions options, ToolConsole console, string? traceFile)
{
    private readonly List<ChatMessage> _history = [];
    private readonly List<DecodingTrace> _traces = [];
    private bool _thinks;

    public ChatOptions Options => options;

    public void Reset() => _history.Clear();

    /// <summary>Answers one message.</summary>
    /// <returns>Whether there was an answer.</returns>
    public async Task<bool> AnswerAsync(string text)
    {
        _history.Add(new ChatMessage(ChatRole.User, text));
        var updates = new List<ChatResponseUpdate>();
        try
        {
            await foreach (var update in client.GetStreamingResponseAsync(_history, options, console.Interruption.BeginAnswer()))
            {
                updates.Add(update);
                Write(update);
            }
        }
        catch (OperationCanceledException)
        {
            console.Output.WriteLine(console.Dim(" [stopped]"));
        }
        catch (Exception exception) when (DecantTool.IsExpected(exception))
        {
            console.WriteError(exception.Message);
        }
        finally
        {
            console.Interruption.EndAnswer();
        }

        // What was said before the stop is part of the conversation; a question without any answer is not.
        _history.AddMessages(updates);
        var response = updates.ToChatResponse();
        foreach (var warning in response.GetWarnings()) console.WriteError($"warning: {warning}");
        if (traceFile is not null && response.GetTrace() is { } trace)
        {
            _traces.Add(trace);
            TraceFile.Write(traceFile, _traces);
        }

        if (updates.Count == 0) _history.RemoveAt(_history.Count - 1);
        return updates.Count > 0;
    }

    private void Write(ChatResponseUpdate update)
    {
        foreach (var content in update.Contents)
        {
            if (content is TextContent text)
            {
                if (_thinks) console.Output.WriteLine();
                _thinks = false;
                console.Output.Write(text.Text);
            }

            if (content is TextReasoningContent reasoning && console.IsTerminal)
            {
                _thinks = true;
                console.Output.Write(console.Dim(reasoning.Text));
            }
        }

        if (update.RawRepresentation is not GenerationStatistics statistics) return;
        console.Output.WriteLine();
        if (console.IsTerminal) console.Output.WriteLine(console.Dim(statistics.ToString()));
    }
}
