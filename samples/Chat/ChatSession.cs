using Decant.Connectors.Chat;
using Decant.Connectors.Prompting;
using Decant.Decoding;
using Microsoft.Extensions.AI;

namespace Decant.Samples.Chat;

/// <summary>A conversation: streams answers to the terminal and remembers them.</summary>
internal sealed class ChatSession
{
    private readonly IChatClient _client;
    private readonly List<ChatMessage> _history = [];
    private readonly List<DecodingTrace> _traces = [];
    private readonly string? _traceFile;
    private CancellationTokenSource? _answering;

    /// <param name="client">Who answers.</param>
    /// <param name="options">How.</param>
    /// <param name="traceFile">The page that shows the traces of all answers, or null for none.</param>
    public ChatSession(IChatClient client, ChatOptions options, string? traceFile)
    {
        (_client, Options, _traceFile) = (client, options, traceFile);
        Console.CancelKeyPress += (_, e) =>
        {
            // While an answer runs, Ctrl+C ends the answer; at the prompt it ends the program.
            if (_answering is not { } answering) return;
            e.Cancel = true;
            answering.Cancel();
        };
    }

    public ChatOptions Options { get; }

    public void Reset() => _history.Clear();

    /// <summary>Answers one message.</summary>
    /// <returns>Whether there was an answer.</returns>
    public async Task<bool> AnswerAsync(string text)
    {
        _history.Add(new ChatMessage(ChatRole.User, text));
        var updates = new List<ChatResponseUpdate>();
        // Not disposed: a late Ctrl+C may still hold it, and without a timer there is nothing to free.
        var answering = _answering = new CancellationTokenSource();
        try
        {
            await foreach (var update in _client.GetStreamingResponseAsync(_history, Options, answering.Token))
            {
                updates.Add(update);
                Write(update);
            }
        }
        catch (OperationCanceledException)
        {
            Console.WriteLine(Terminal.Dim(" [stopped]"));
        }
        catch (Exception exception) when (exception is ArgumentException or NotSupportedException or ContextOverflowException or InvalidLogitsException
            or ChatTemplateException)
        {
            Console.Error.WriteLine(Terminal.Error(exception.Message));
        }
        finally
        {
            _answering = null;
        }

        // What was said before the stop is part of the conversation; a question without any answer is not.
        _history.AddMessages(updates);
        WriteTrace(updates.ToChatResponse().GetTrace());
        if (updates.Count == 0) _history.RemoveAt(_history.Count - 1);
        return updates.Count > 0;
    }

    private void WriteTrace(DecodingTrace? trace)
    {
        if (_traceFile is null || trace is null) return;
        _traces.Add(trace);
        try
        {
            File.WriteAllText(_traceFile, TracePage.Render(_traces));
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            Console.Error.WriteLine(Terminal.Error(exception.Message));
        }
    }

    private static void Write(ChatResponseUpdate update)
    {
        foreach (var content in update.Contents)
        {
            if (content is TextContent text) Console.Write(text.Text);
            if (content is TextReasoningContent reasoning && !Console.IsOutputRedirected) Console.Write(Terminal.Dim(reasoning.Text));
        }

        if (update.RawRepresentation is not GenerationStatistics statistics) return;
        Console.WriteLine();
        if (!Console.IsOutputRedirected) Console.WriteLine(Terminal.Dim(statistics.ToString()));
    }
}
