using System.Runtime.CompilerServices;
using Microsoft.Extensions.AI;

namespace Decant.Tests.Hosting.Playground;

/// <summary>Lets a few updates of an answer through, and the rest when a test says so: what the page shows meanwhile has been streamed.</summary>
internal sealed class GatedClient(IChatClient inner, Func<Task> gate) : DelegatingChatClient(inner)
{
    private const int Free = 5;

    public override async IAsyncEnumerable<ChatResponseUpdate> GetStreamingResponseAsync(
        IEnumerable<ChatMessage> messages, ChatOptions? options = null, [EnumeratorCancellation] CancellationToken cancellationToken = default)
    {
        var count = 0;
        await foreach (var update in base.GetStreamingResponseAsync(messages, options, cancellationToken))
        {
            if (++count > Free) await gate().WaitAsync(cancellationToken);
            yield return update;
        }
    }
}
