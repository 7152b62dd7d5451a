using System.Diagnostics.Metrics;
using System.Text.RegularExpressions;
using Decant.Connectors.Chat;
using Decant.Connectors.Embedded;
using Decant.Tests.Conformance;
using Microsoft.Extensions.AI;
using OpenTelemetry;
using OpenTelemetry.Metrics;
using OpenTelemetry.Trace;

namespace Decant.Tests.Telemetry;

/// <summary>docs/telemetry.md knows what the code knows, and OpenTelemetry's SDK exports it.</summary>
public partial class TelemetryDocumentTests
{
    private static readonly string _document = File.ReadAllText(Path.Combine(AppContext.BaseDirectory, "telemetry.md"));

    [Fact]
    public void Every_instrument_is_in_the_document_with_its_kind_and_unit()
    {
        using var client = TestChat.Client(TestChat.Babbler());
        using var metrics = new MetricsRecorder("");
        var documented = InstrumentRow().Matches(_document).Select(row => $"{row.Groups[1].Value} {row.Groups[2].Value} {row.Groups[3].Value}").Order();
        Assert.Equal(metrics.Instruments.Select(instrument => $"{instrument.Name} {Kind(instrument)} {instrument.Unit}").Order(), documented);
    }

    [Fact]
    public async Task Every_attribute_of_a_span_and_its_events_is_in_the_document()
    {
        var model = Guid.NewGuid().ToString();
        var spans = new List<System.Diagnostics.Activity>();
        using (var tracing = Sdk.CreateTracerProviderBuilder().AddSource(DecodingTelemetry.SourceName).AddInMemoryExporter(spans).Build())
        {
            using var client = LocalChatClient.Load(options: new LocalChatClientOptions { ModelId = model });
            var options = new ChatOptions { Temperature = 0, PresencePenalty = 1 }.WithDocuments([new ChatDocument("The product of Dalutex is glass.")])
                .WithDecoding(d => d.Trace().Contrast(new AdaptiveContextAwareOptions()).Speculate(new DraftModelOptions { Model = EmbeddedModels.Draft }).Constrain(new PatternOptions { Pattern = "[A-Z][a-z ]+\\." }));
            await client.GetResponseAsync("Tell me the product of Dalutex.", options);
            await Assert.ThrowsAnyAsync<OperationCanceledException>(() => client.GetResponseAsync("Hi", cancellationToken: new CancellationToken(true)));
            tracing.ForceFlush();
        }

        var own = spans.Where(span => span.DisplayName == $"decode {model}").ToList();
        Assert.Equal(2, own.Count);
        Assert.Equal(own[0].GetTagItem("gen_ai.usage.output_tokens"), own[0].Events.Count());
        Assert.Equal(["weight", "divergence", "masked_mass"], new[] { "weight", "divergence", "masked_mass" }.Where(name => own[0].Events.Any(each => each.Tags.Any(tag => tag.Key == name && Convert.ToDouble(tag.Value) > 0))));
        Assert.Contains(own[0].Events, each => each.Tags.Any(tag => tag is { Key: "source", Value: "Draft" }));
        var tags = own.SelectMany(span => span.TagObjects.Concat(span.Events.SelectMany(each => each.Tags))).Select(tag => tag.Key).Distinct().ToList();
        Assert.Contains("decant.accepted_draft_tokens", tags);
        Assert.Contains("error.type", tags);
        Assert.Contains("logprob.constraints", tags);
        Assert.DoesNotContain(tags, tag => !_document.Contains($"`{tag}`", StringComparison.Ordinal));
    }

    [Fact]
    public async Task The_sdk_exports_the_metrics_with_the_buckets_that_were_advised()
    {
        var model = Guid.NewGuid().ToString();
        var metrics = new List<Metric>();
        using var client = TestChat.Client(TestChat.Scripted("Secret"), new LocalChatClientOptions { ModelId = model });
        using (var provider = Sdk.CreateMeterProviderBuilder().AddMeter(DecodingTelemetry.SourceName).AddInMemoryExporter(metrics).Build())
        {
            await client.GetResponseAsync("Hi");
            provider.ForceFlush();
        }

        var duration = metrics.First(metric => metric.Name == "gen_ai.server.request.duration");
        var bounds = new List<double>();
        foreach (var point in duration.GetMetricPoints())
        {
            bounds.Clear();
            foreach (var bucket in point.GetHistogramBuckets()) bounds.Add(bucket.ExplicitBound);
        }

        Assert.Equal((15, 0.01, 81.92), (bounds.Count, bounds[0], bounds[^2]));
        Assert.Contains(metrics, metric => metric.Name == "decant.calls.running");
    }

    private static string Kind(Instrument instrument) => instrument.GetType().Name.Split('`')[0] switch
    {
        "Histogram" => "histogram",
        "Counter" or "ObservableCounter" => "counter",
        "ObservableUpDownCounter" => "up-down counter",
        "ObservableGauge" => "gauge",
        var other => other,
    };

    [GeneratedRegex(@"^\| `([a-z_.]+)` \| ([a-z-]+(?: counter)?) \| (\S+) \|", RegexOptions.Multiline)]
    private static partial Regex InstrumentRow();
}
