using System.CommandLine;
using Decant.Connectors.Chat;
using Decant.Connectors.Embeddings;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.Extensions.AI;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;

namespace Decant.Tool;

/// <summary><c>decant serve</c>: models behind OpenAI's API, with the playground.</summary>
internal sealed class ServeCommand : ToolCommand
{
    private readonly ModelOptions _model = new(several: true);
    private readonly Option<string[]> _urls = new("--url") { Description = "Where to listen. May be repeated. Default: http://localhost:5080", HelpName = "URL", DefaultValueFactory = _ => ["http://localhost:5080"] };
    private readonly Option<string[]> _keys = new("--api-key") { Description = "A key of which requests must bring one. May be repeated. Default: the environment's DECANT_API_KEY, else none", HelpName = "KEY" };
    private readonly Option<int> _maxRunning = new("--max-running") { Description = "Most calls of a model that are answered at a time; others wait. Default: 32", HelpName = "N", DefaultValueFactory = _ => 32 };
    private readonly Option<int> _maxQueued = new("--max-queued") { Description = "Most calls of a model that wait; one more is refused. Default: 256", HelpName = "N", DefaultValueFactory = _ => 256 };
    private readonly Option<int?> _kvTokens = new("--kv-tokens") { Description = "Most tokens of keys and values in a model's memory. Default: what the machine holds", HelpName = "N" };

    public ServeCommand(ToolConsole console)
        : base("serve", "Serve models to programs, by OpenAI's API, and to people, with a playground in the browser.")
    {
        _model.AddTo(this);
        foreach (var option in (Option[])[_urls, _keys, _maxRunning, _maxQueued, _kvTokens]) Add(option);
        _urls.Require(urls => urls!.All(url => Uri.TryCreate(url, UriKind.Absolute, out var uri) && uri.Scheme is "http" or "https"), "addresses such as http://localhost:5080");
        _keys.Require(keys => keys!.All(key => key.Length > 0), "keys that are not empty");
        _maxRunning.Require(value => value >= 1, "1 or more");
        _maxQueued.Require(value => value >= 0, "0 or more");
        _kvTokens.Require(value => value is null or >= 64, "64 or more");
        SetAction((parsed, cancellationToken) => RunAsync(parsed, console, cancellationToken));
    }

    public override string Examples => """
        decant serve
        decant serve --model FOLDER OTHER --weights int8
        decant serve --model FOLDER --draft SMALLER --max-running 16 --max-queued 100 --kv-tokens 65536
        DECANT_API_KEY=secret decant serve --url http://0.0.0.0:5080
        """;

    private async Task<int> RunAsync(ParseResult parsed, ToolConsole console, CancellationToken cancellationToken)
    {
        RequireKey(parsed);

        // Loaded here, where progress can be shown; the server's clients share the models.
        var options = ReadOptions(parsed);
        var loaded = new List<LocalChatClient>();
        try
        {
            foreach (var folder in _model.Folders(parsed)) loaded.Add(await ModelOptions.LoadAsync(folder, options, console, cancellationToken));
            await using var app = Create(parsed, options, console);
            await app.StartAsync(cancellationToken);
            Announce(app, parsed, console);
            await app.WaitForShutdownAsync(cancellationToken);
            return DecantTool.Success;
        }
        finally
        {
            foreach (var client in loaded) client.Dispose();
        }
    }

    // The server would refuse it too, but only once the models are loaded.
    private void RequireKey(ParseResult parsed)
    {
        if (Keys(parsed).Length == 0 && parsed.GetValue(_urls)!.FirstOrDefault(url => !new Uri(url).IsLoopback) is { } open)
            throw new InvalidOperationException($"Other machines reach {open}, and without a key everybody there could ask. Give --api-key or DECANT_API_KEY, or listen on localhost.");
    }

    private LocalChatClientOptions ReadOptions(ParseResult parsed)
    {
        var options = _model.Read(parsed);
        var kvTokens = parsed.GetValue(_kvTokens);
        return options with
        {
            Pool = new ModelPool(),
            MaxRunningCalls = parsed.GetValue(_maxRunning),
            MaxQueuedCalls = parsed.GetValue(_maxQueued),
            Cpu = options.Cpu with { KvTokens = kvTokens },
            Torch = options.Torch with { KvTokens = kvTokens },
        };
    }

    private WebApplication Create(ParseResult parsed, LocalChatClientOptions options, ToolConsole console)
    {
        var builder = WebApplication.CreateSlimBuilder();
        builder.WebHost.UseKestrelHttpsConfiguration().UseUrls(parsed.GetValue(_urls)!);
        builder.Logging.ClearProviders().AddProvider(new ConsoleLog(console));
        var embedding = new LocalEmbeddingOptions { Engine = options.Engine, Cpu = options.Cpu, Torch = options.Torch, Pool = options.Pool };
        foreach (var folder in _model.Folders(parsed))
        {
            // Both share the model that is loaded already.
            builder.Services.AddKeyedLocalChatClient(ModelOptions.Id(folder), settings => (settings.ModelFolder, settings.Client) = (folder, options));
            builder.Services.AddKeyedLocalEmbeddingGenerator(ModelOptions.Id(folder), settings => (settings.ModelFolder, settings.Generator) = (folder, embedding));
        }

        builder.Services.AddDecantServer(server =>
        {
            foreach (var key in Keys(parsed)) server.ApiKeys.Add(key);
        });
        var app = builder.Build();
        app.MapDecant();

        // Made before anybody asks, so that nobody is told to come again.
        foreach (var folder in _model.Folders(parsed)) app.Services.GetRequiredKeyedService<IChatClient>(ModelOptions.Id(folder));
        return app;
    }

    private void Announce(WebApplication app, ParseResult parsed, ToolConsole console)
    {
        var models = string.Join(", ", _model.Folders(parsed).Select(ModelOptions.Id));
        foreach (var url in app.Urls) console.Output.WriteLine($"Serving {models} at {console.Cyan(url)}");
        var key = Keys(parsed).Length > 0 ? " -H 'Authorization: Bearer KEY'" : "";
        console.Output.WriteLine(console.Dim($$$"""curl {{{app.Urls.First()}}}/v1/chat/completions -H 'Content-Type: application/json'{{{key}}} -d '{"model":"{{{ModelOptions.Id(_model.Folders(parsed)[0])}}}","messages":[{"role":"user","content":"Hello"}]}'"""));
        if (console.IsTerminal) console.Output.WriteLine(console.Dim("Ctrl+C lets running answers finish and ends."));
    }

    private string[] Keys(ParseResult parsed) => parsed.GetValue(_keys) is { Length: > 0 } keys ? keys
        : Environment.GetEnvironmentVariable("DECANT_API_KEY") is { Length: > 0 } key ? [key] : [];
}
