using System.Runtime.CompilerServices;
using Microsoft.Extensions.AI;

namespace Decant.Hosting;

/// <summary>The outermost part of a registered client: lets its calls end when the host stops.</summary>
internal sealed class DrainingChatClient(IChatClient inner, ClientDrain drain) : DelegatingChatClient(inner)
{
    public override async Task<ChatResponse> GetResponseAsync(IEnumerable<ChatMessage> messages, ChatOptions? options = null, CancellationToken cancellationToken = default)
    {
        using var call = drain.Enter(cancellationToken);
        ClientDrain.Call.Step();
        try
        {
            return await base.GetResponseAsync(messages, options, call.Token).ConfigureAwait(false);
        }
        catch (OperationCanceledException exception) when (call.Token.IsCancellationRequested)
        {
            throw call.Explain(exception);
        }
    }

    public override IAsyncEnumerable<ChatResponseUpdate> GetStreamingResponseAsync(IEnumerable<ChatMessage> messages, ChatOptions? options = null, CancellationToken cancellationToken = default)
    {
        drain.ThrowIfDraining();

        // At once, for the client refuses at once what it cannot do.
        return RunAsync(base.GetStreamingResponseAsync(messages, options, cancellationToken), cancellationToken);
    }

    private async IAsyncEnumerable<ChatResponseUpdate> RunAsync(IAsyncEnumerable<ChatResponseUpdate> updates, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        using var call = drain.Enter(cancellationToken);
        await using var enumerator = updates.GetAsyncEnumerator(call.Token);
        while (await MoveNextAsync(enumerator, call).ConfigureAwait(false)) yield return enumerator.Current;
    }

    private static async ValueTask<bool> MoveNextAsync(IAsyncEnumerator<ChatResponseUpdate> updates, ClientDrain.Call call)
    {
        ClientDrain.Call.Step();
        try
        {
            return await updates.MoveNextAsync().ConfigureAwait(false);
        }
        catch (OperationCanceledException exception) when (call.Token.IsCancellationRequested)
        {
            throw call.Explain(exception);
        }
    }
}
