using System.Runtime.CompilerServices;
using Microsoft.Extensions.AI;

namespace Decant.Tests.Hosting.Server;

/// <summary>A chat client that says what a test has it say, and remembers what it was asked.</summary>
internal sealed class ScriptedClient(Func<int, CancellationToken, IAsyncEnumerable<ChatResponseUpdate>> answer) : IChatClient
{
    private int _calls;

    /// <summary>Answers every call with some texts.</summary>
    public ScriptedClient(params string[] texts)
        : this((_, cancellationToken) => SayAsync(texts, cancellationToken))
    {
    }

    public List<(IReadOnlyList<ChatMessage> Messages, ChatOptions Options)> Asked { get; } = [];

    public IAsyncEnumerable<ChatResponseUpdate> GetStreamingResponseAsync(IEnumerable<ChatMessage> messages, ChatOptions? options = null, CancellationToken cancellationToken = default)
    {
        lock (Asked) Asked.Add(([.. messages], options!));
        return answer(Interlocked.Increment(ref _calls) - 1, cancellationToken);
    }

    public Task<ChatResponse> GetResponseAsync(IEnumerable<ChatMessage> messages, ChatOptions? options = null, CancellationToken cancellationToken = default)
        => GetStreamingResponseAsync(messages, options, cancellationToken).ToChatResponseAsync(cancellationToken);

    public object? GetService(Type serviceType, object? serviceKey = null) => serviceKey is null && serviceType.IsInstanceOfType(this) ? this : null;

    public void Dispose()
    {
    }

    public static ChatResponseUpdate Update(string text, string message = "m", ChatFinishReason? finish = null)
        => new(ChatRole.Assistant, text.Length > 0 ? [new TextContent(text)] : []) { MessageId = message, FinishReason = finish };

    private static async IAsyncEnumerable<ChatResponseUpdate> SayAsync(string[] texts, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        foreach (var text in texts)
        {
            await Task.Yield();
            cancellationToken.ThrowIfCancellationRequested();
            yield return Update(text);
        }

        yield return Update("", finish: ChatFinishReason.Stop);
    }
}
