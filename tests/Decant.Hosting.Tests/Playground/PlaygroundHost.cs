using System.Text.Json;
using System.Text.Json.Nodes;
using Decant.Connectors.Chat;
using Decant.Hosting;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.AI;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;

namespace Decant.Tests.Hosting.Playground;

/// <summary>The playground on a real port, with decant-tiny behind the part of the chat completions API that the page uses.</summary>
internal sealed class PlaygroundHost : IAsyncDisposable
{
    public const string Model = "decant-tiny";
    public const string LazyModel = "asleep";
    private static readonly JsonSerializerOptions _json = new(JsonSerializerDefaults.Web) { PropertyNamingPolicy = JsonNamingPolicy.SnakeCaseLower };
    private readonly WebApplication _app;
    private readonly string? _key;
    private TaskCompletionSource _gate = Opened();

    private PlaygroundHost(string? key)
    {
        _key = key;
        var builder = WebApplication.CreateSlimBuilder();
        builder.Logging.ClearProviders();
        builder.WebHost.UseUrls("http://127.0.0.1:0");
        builder.Services.AddLocalChatClient(Model).Use(client => new GatedClient(client, () => _gate.Task));
        builder.Services.AddKeyedLocalChatClient(LazyModel, Model);
        builder.Services.AddSingleton(new ServedModel(Model, null)).AddSingleton(new ServedModel(LazyModel, LazyModel));
        _app = builder.Build();
        _app.MapPlayground(_app.MapGroup("").AddEndpointFilter((context, next) => IsAllowed(context.HttpContext) ? next(context) : ValueTask.FromResult<object?>(Results.Unauthorized())));
        _app.MapGet("/v1/models", context => IsAllowed(context) ? context.Response.WriteAsJsonAsync(new { data = new[] { new { id = Model }, new { id = LazyModel } } }) : Refuse(context, 401, "A key is needed."));
        _app.MapPost("/v1/chat/completions", CompleteAsync);
    }

    public string Url => _app.Urls.First();

    public IServiceProvider Services => _app.Services;

    public static async Task<PlaygroundHost> StartAsync(string? key = null)
    {
        var host = new PlaygroundHost(key);
        await host._app.StartAsync();
        return host;
    }

    /// <summary>Holds answers back behind their first updates, until the result is set.</summary>
    public TaskCompletionSource Close() => _gate = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);

    public ValueTask DisposeAsync() => _app.DisposeAsync();

    private static TaskCompletionSource Opened()
    {
        var gate = new TaskCompletionSource();
        gate.SetResult();
        return gate;
    }

    private bool IsAllowed(HttpContext context) => _key is null || context.Request.Headers.Authorization == $"Bearer {_key}";

    private static Task Refuse(HttpContext context, int status, string message)
    {
        context.Response.StatusCode = status;
        return context.Response.WriteAsJsonAsync(new { error = new { message, type = "invalid_request_error", param = "decoding", code = (string?)null } });
    }

    private async Task CompleteAsync(HttpContext context)
    {
        if (!IsAllowed(context))
        {
            await Refuse(context, 401, "A key is needed.");
            return;
        }

        var body = (await JsonNode.ParseAsync(context.Request.Body))!;
        var client = _app.Services.GetRequiredService<IChatClient>();
        var messages = body["messages"]!.AsArray().Select(message => new ChatMessage(new ChatRole((string)message!["role"]!), (string)message["content"]!)).ToList();
        List<ChatResponseUpdate> updates = [];
        try
        {
            var options = new ChatOptions { Temperature = (float?)body["temperature"], Seed = (long?)body["seed"], MaxOutputTokens = (int?)body["max_tokens"] }.WithDecoding(DecodingOptions.Read(body["decoding"]!));
            if (body["documents"] is JsonArray documents) options.WithDocuments(documents.Deserialize<ChatDocument[]>()!);
            await foreach (var update in client.GetStreamingResponseAsync(messages, options, context.RequestAborted))
            {
                updates.Add(update);
                context.Response.ContentType ??= "text/event-stream";
                var reasoning = string.Concat(update.Contents.OfType<TextReasoningContent>().Select(content => content.Text));
                if (update.Text.Length + reasoning.Length > 0) await SendAsync(context, new { choices = new[] { new { index = 0, delta = new { content = update.Text, reasoning_content = reasoning } } } });
            }
        }
        catch (ArgumentException exception) when (!context.Response.HasStarted)
        {
            await Refuse(context, 400, exception.Message);
            return;
        }

        var response = updates.ToChatResponse();
        await SendAsync(context, new
        {
            choices = Array.Empty<object>(),
            usage = new { prompt_tokens = response.Usage?.InputTokenCount, completion_tokens = response.Usage?.OutputTokenCount },
            decant = new { statistics = updates[^1].RawRepresentation as GenerationStatistics, warnings = response.GetWarnings(), trace = JsonNode.Parse(response.GetTrace()!.ToJson()) },
        });
        await context.Response.WriteAsync("data: [DONE]\n\n");
    }

    private static async Task SendAsync(HttpContext context, object chunk)
    {
        await context.Response.WriteAsync($"data: {JsonSerializer.Serialize(chunk, _json)}\n\n");
        await context.Response.Body.FlushAsync();
    }
}
