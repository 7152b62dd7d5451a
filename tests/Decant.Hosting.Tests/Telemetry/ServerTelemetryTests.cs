using System.Text.RegularExpressions;
using Decant.Connectors.Chat;
using Decant.Connectors.Cpu;
using Decant.Connectors.Embedded;
using Decant.Samples.Server;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.Extensions.AI;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;

namespace Decant.Tests.Telemetry;

/// <summary>The sample's set-up: Prometheus finds what the dashboard shows.</summary>
public partial class ServerTelemetryTests
{
    [Fact]
    public async Task Prometheus_collects_every_metric_that_the_dashboard_shows()
    {
        var builder = WebApplication.CreateSlimBuilder();
        builder.WebHost.UseUrls("http://127.0.0.1:0");
        builder.Logging.ClearProviders();
        builder.Services.AddTelemetry(builder.Configuration);
        await using var app = builder.Build();
        app.MapPrometheusScrapingEndpoint();
        await app.StartAsync();

        // With a budget of keys and values there is a capacity to show.
        using var client = LocalChatClient.Load(options: new LocalChatClientOptions { ModelId = "prometheus", Cpu = new CpuModelOptions { KvTokens = 2048 } });
        await client.GetResponseAsync("What is 58 + 67?", new ChatOptions { Temperature = 0 }.WithDecoding(d => d.Speculate(new DraftModelOptions { Model = EmbeddedModels.Draft })));
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => client.GetResponseAsync("Hi", cancellationToken: new CancellationToken(true)));
        using var http = new HttpClient { BaseAddress = new Uri(app.Urls.Single()) };
        var page = await http.GetStringAsync("/metrics");
        var dashboard = File.ReadAllText(Path.Combine(AppContext.BaseDirectory, "dashboard.json"));
        var shown = MetricName().Matches(dashboard).Select(match => match.Value).Distinct().ToList();
        Assert.True(shown.Count >= 8);
        Assert.All(shown, name => Assert.Matches($@"(?m)^{name}\{{[^}}]*gen_ai_request_model=""prometheus""", page));
    }

    [GeneratedRegex(@"\b(gen_ai_server|decant_(calls|engine|kv|decoding))_[a-z_]+")]
    private static partial Regex MetricName();
}
