using Microsoft.Extensions.AI;

namespace Decant.Tests.Connectors.Diversity;

/// <summary>A client that answers with a function of the system's instructions and the last message.</summary>
internal sealed class Stub(Func<string?, string, string> answer) : IChatClient
{
    /// <summary>What it was asked, in the order of the calls.</summary>
    public List<(string? Instructions, string Message, float? Temperature)> Asked { get; } = [];

    public Task<ChatResponse> GetResponseAsync(IEnumerable<ChatMessage> messages, ChatOptions? options = null, CancellationToken cancellationToken = default)
    {
        cancellationToken.ThrowIfCancellationRequested();
        var message = messages.Last().Text;
        lock (Asked) Asked.Add((options?.Instructions, message, options?.Temperature));
        return Task.FromResult(new ChatResponse(new ChatMessage(ChatRole.Assistant, answer(options?.Instructions, message))));
    }

    public IAsyncEnumerable<ChatResponseUpdate> GetStreamingResponseAsync(IEnumerable<ChatMessage> messages, ChatOptions? options = null, CancellationToken cancellationToken = default)
        => throw new NotSupportedException();

    public object? GetService(Type serviceType, object? serviceKey = null) => null;

    public void Dispose()
    {
    }
}
