using Decant.Connectors.Chat;
using OpenTelemetry;
using OpenTelemetry.Metrics;
using OpenTelemetry.Resources;
using OpenTelemetry.Trace;

namespace Decant.Samples.Server;

/// <summary>OpenTelemetry for the server: metrics that Prometheus collects, and both metrics and traces to a collector where the configuration names one.</summary>
internal static class Telemetry
{
    // The client's spans and metrics, of UseOpenTelemetry().
    private const string Client = "Experimental.Microsoft.Extensions.AI";

    /// <summary>Adds it. Map <c>/metrics</c> with <c>app.MapPrometheusScrapingEndpoint()</c>.</summary>
    /// <param name="services">The services.</param>
    /// <param name="configuration">
    /// With <c>OTEL_EXPORTER_OTLP_ENDPOINT</c>, as an environment variable for example, metrics and traces go there; <c>OTEL_EXPORTER_OTLP_PROTOCOL</c> and the other variables of
    /// OpenTelemetry are read too.
    /// </param>
    public static IServiceCollection AddTelemetry(this IServiceCollection services, IConfiguration configuration)
    {
        var telemetry = services.AddOpenTelemetry()
            .ConfigureResource(resource => resource.AddService("decant"))
            .WithTracing(tracing => tracing.AddSource(DecodingTelemetry.SourceName, Client, "Microsoft.AspNetCore"))
            .WithMetrics(metrics => metrics.AddMeter(DecodingTelemetry.SourceName, Client, "Microsoft.AspNetCore.Hosting", "System.Runtime").AddPrometheusExporter());
        if (configuration["OTEL_EXPORTER_OTLP_ENDPOINT"] is { Length: > 0 }) telemetry.UseOtlpExporter();
        return services;
    }
}
