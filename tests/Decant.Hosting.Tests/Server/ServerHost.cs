using System.Net.Http.Headers;
using System.Net.Http.Json;
using System.Text.Json;
using Decant.Connectors.Chat;
using Decant.Hosting;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.Extensions.AI;
using Microsoft.Extensions.DependencyInjection;

namespace Decant.Tests.Hosting.Server;

/// <summary>The server on a port of its own, with a client of the caller's as its only model.</summary>
internal sealed class ServerHost : IAsyncDisposable
{
    public const string Model = "decant-tiny";

    private static readonly Lazy<LocalChatClient> _tiny = new(() => LocalChatClient.Load());
    private readonly WebApplication _app;

    private ServerHost(WebApplication app)
    {
        _app = app;
        Http = new HttpClient { BaseAddress = new Uri(app.Urls.Single()) };
    }

    /// <summary>The embedded model, loaded once for all tests.</summary>
    public static LocalChatClient Tiny => _tiny.Value;

    public HttpClient Http { get; }

    public Uri OpenAi => new(Http.BaseAddress!, "v1");

    public IServiceProvider Services => _app.Services;

    public static async Task<ServerHost> StartAsync(IChatClient client, Action<DecantServerOptions>? configure = null, Action<WebApplicationBuilder>? build = null, Action<WebApplication>? map = null)
    {
        var builder = WebApplication.CreateEmptyBuilder(new());
        builder.WebHost.UseKestrelCore().UseUrls("http://127.0.0.1:0");
        builder.Services.AddSingleton(new ServedModel(Model, null)).AddSingleton(client).AddDecantServer(configure);
        build?.Invoke(builder);
        var app = builder.Build();
        app.MapDecant();
        map?.Invoke(app);
        await app.StartAsync();
        return new ServerHost(app);
    }

    public Task StopAsync() => _app.StopAsync();

    /// <summary>Posts JSON.</summary>
    public Task<HttpResponseMessage> PostAsync(string path, string json, string? key = null, HttpCompletionOption completion = HttpCompletionOption.ResponseContentRead, CancellationToken cancellationToken = default)
    {
        var request = new HttpRequestMessage(HttpMethod.Post, $"v1/{path}") { Content = new StringContent(json, System.Text.Encoding.UTF8, "application/json") };
        if (key is not null) request.Headers.Authorization = new AuthenticationHeaderValue("Bearer", key);
        return Http.SendAsync(request, completion, cancellationToken);
    }

    /// <summary>Posts JSON and reads the answer, which must be no error.</summary>
    public async Task<JsonElement> AskAsync(string path, string json)
    {
        using var response = await PostAsync(path, json);
        var text = await response.Content.ReadAsStringAsync();
        Assert.True(response.IsSuccessStatusCode, text);
        return JsonElement.Parse(text);
    }

    /// <summary>Posts JSON and reads the events of a stream.</summary>
    public async Task<List<JsonElement>> StreamAsync(string path, string json)
    {
        using var response = await PostAsync(path, json, completion: HttpCompletionOption.ResponseHeadersRead);
        Assert.Equal("text/event-stream", response.Content.Headers.ContentType?.MediaType);
        return await Events.ReadAsync(response);
    }

    /// <summary>The error of a response.</summary>
    public static async Task<JsonElement> ErrorAsync(HttpResponseMessage response) => (await response.Content.ReadFromJsonAsync<JsonElement>()).GetProperty("error");

    public async ValueTask DisposeAsync()
    {
        Http.Dispose();
        await _app.DisposeAsync();
    }
}
