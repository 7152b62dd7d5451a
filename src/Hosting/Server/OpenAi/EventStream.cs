using System.Buffers;
using System.Runtime.CompilerServices;
using System.Text.Json;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.AI;
using Microsoft.Extensions.Logging;

namespace Decant.Hosting.Server;

/// <summary>Writes server-sent events. Each is flushed before the next is asked for, so a slow reader slows its own answer down and fills no memory.</summary>
internal sealed partial class EventStream(ErrorMapper errors, ILogger<EventStream> logger)
{
    /// <param name="context">The request; nothing is written before the first value is there, so that what goes wrong until then is an ordinary error.</param>
    /// <param name="mapper">Makes the events, which are written as JSON.</param>
    /// <param name="updates">What it makes them of, each with its call's index.</param>
    public async Task WriteAsync<T>(HttpContext context, IStreamMapper<T> mapper, IAsyncEnumerable<(int Call, ChatResponseUpdate Update)> updates)
    {
        var aborted = context.RequestAborted;
        await using var enumerator = EventsAsync(mapper, updates, aborted).GetAsyncEnumerator(aborted);
        var more = await enumerator.MoveNextAsync();
        context.Response.ContentType = "text/event-stream";
        context.Response.Headers.CacheControl = "no-cache";
        try
        {
            for (; more; more = await enumerator.MoveNextAsync()) await WriteEventAsync(context, enumerator.Current);
        }
        catch (Exception exception) when (!aborted.IsCancellationRequested)
        {
            await WriteEventAsync(context, ErrorBody.Of(errors.Map(exception, context.TraceIdentifier)));
            LogEnded(logger, context.TraceIdentifier, exception.GetType().Name);
            return;
        }

        context.Response.BodyWriter.Write("data: [DONE]\n\n"u8);
        await context.Response.BodyWriter.FlushAsync(aborted);
    }

    private static async IAsyncEnumerable<T> EventsAsync<T>(IStreamMapper<T> mapper, IAsyncEnumerable<(int Call, ChatResponseUpdate Update)> updates, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        await foreach (var (call, update) in updates.WithCancellation(cancellationToken))
        {
            foreach (var value in mapper.Map(call, update)) yield return value;
        }

        foreach (var value in mapper.End()) yield return value;
    }

    private static async Task WriteEventAsync<T>(HttpContext context, T value)
    {
        var body = context.Response.BodyWriter;
        body.Write("data: "u8);
        using (var json = new Utf8JsonWriter(body, new JsonWriterOptions { Encoder = OpenAiJson.Options.Encoder })) JsonSerializer.Serialize(json, value, OpenAiJson.Options);
        body.Write("\n\n"u8);
        await body.FlushAsync(context.RequestAborted);
    }

    [LoggerMessage(LogLevel.Warning, "Request {RequestId} ended in the middle of its stream: {Exception}.")]
    private static partial void LogEnded(ILogger logger, string requestId, string exception);
}
