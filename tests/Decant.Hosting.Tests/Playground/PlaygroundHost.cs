using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.Extensions.AI;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;

namespace Decant.Tests.Hosting.Playground;

/// <summary>The server with its playground on a real port, with decant-tiny behind it and a second model that nobody asks for.</summary>
internal sealed class PlaygroundHost : IAsyncDisposable
{
    public const string Model = "decant-tiny";
    private const string LazyModel = "asleep";
    private readonly WebApplication _app;
    private TaskCompletionSource _gate = Opened();

    private PlaygroundHost(string? key)
    {
        var builder = WebApplication.CreateSlimBuilder();
        builder.Logging.ClearProviders();
        builder.WebHost.UseUrls("http://127.0.0.1:0");
        builder.Services.AddLocalChatClient(Model).Use(client => new GatedClient(client, () => _gate.Task));
        builder.Services.AddKeyedLocalChatClient(LazyModel, Model);
        builder.Services.AddDecantServer(options => { if (key is not null) options.ApiKeys.Add(key); });
        _app = builder.Build();
        _app.MapDecant();
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
}
