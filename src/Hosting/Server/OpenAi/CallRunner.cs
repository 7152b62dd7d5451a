using System.Runtime.CompilerServices;
using System.Threading.Channels;
using Microsoft.Extensions.AI;

namespace Decant.Hosting.Server;

/// <summary>Runs a request's calls side by side. Where one fails the others end too.</summary>
internal static class CallRunner
{
    /// <summary>The updates of all calls as they come, each with its call's index. What the reader does not take, the calls wait with.</summary>
    public static IAsyncEnumerable<(int Call, ChatResponseUpdate Update)> Run(IChatClient client, IReadOnlyList<PlannedCall> calls, CancellationToken cancellationToken)
    {
        // Arguments are checked here, before the answer begins.
        List<IAsyncEnumerable<ChatResponseUpdate>> streams = [.. calls.Select(call => client.GetStreamingResponseAsync(call.Messages, call.Options, cancellationToken))];
        return streams.Count == 1 ? One(streams[0], cancellationToken) : Several(streams, cancellationToken);
    }

    /// <summary>The whole response of each call.</summary>
    public static async Task<IReadOnlyList<ChatResponse>> CompleteAsync(IChatClient client, IReadOnlyList<PlannedCall> calls, CancellationToken cancellationToken)
    {
        List<ChatResponseUpdate>[] updates = [.. calls.Select(_ => new List<ChatResponseUpdate>())];
        await foreach (var (call, update) in Run(client, calls, cancellationToken)) updates[call].Add(update);
        return [.. updates.Select(list => list.ToChatResponse())];
    }

    private static async IAsyncEnumerable<(int, ChatResponseUpdate)> One(IAsyncEnumerable<ChatResponseUpdate> stream, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        await foreach (var update in stream.WithCancellation(cancellationToken)) yield return (0, update);
    }

    private static async IAsyncEnumerable<(int, ChatResponseUpdate)> Several(List<IAsyncEnumerable<ChatResponseUpdate>> streams, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        using var stop = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        var channel = Channel.CreateBounded<(int, ChatResponseUpdate)>(streams.Count);
        var pumps = PumpAllAsync();
        try
        {
            await foreach (var item in channel.Reader.ReadAllAsync(cancellationToken)) yield return item;
        }
        finally
        {
            await stop.CancelAsync();
            await pumps;
        }

        async Task PumpAllAsync()
        {
            try
            {
                await Task.WhenAll(streams.Select(PumpAsync));
                channel.Writer.Complete();
            }
            catch (Exception exception)
            {
                channel.Writer.Complete(exception);
            }
        }

        async Task PumpAsync(IAsyncEnumerable<ChatResponseUpdate> stream, int call)
        {
            try
            {
                await foreach (var update in stream.WithCancellation(stop.Token)) await channel.Writer.WriteAsync((call, update), stop.Token);
            }
            catch
            {
                await stop.CancelAsync();
                throw;
            }
        }
    }
}
