using System.Diagnostics.Metrics;

namespace Decant.Connectors.Chat;

/// <summary>The instruments that calls record into. Names, units and buckets of <c>gen_ai.server.*</c> are OpenTelemetry's, with finer buckets where small models need them.</summary>
internal static class DecodingMetrics
{
    public static Meter Meter { get; } = new(DecodingTelemetry.SourceName);

    public static Histogram<double> RequestDuration { get; } = Seconds(
        "gen_ai.server.request.duration", "From a call's start to its last token or its error.",
        0.01, 0.02, 0.04, 0.08, 0.16, 0.32, 0.64, 1.28, 2.56, 5.12, 10.24, 20.48, 40.96, 81.92);

    public static Histogram<double> TimeToFirstToken { get; } = Seconds(
        "gen_ai.server.time_to_first_token", "From a call's start to its first token, of calls that succeeded.",
        0.001, 0.005, 0.01, 0.02, 0.04, 0.06, 0.08, 0.1, 0.25, 0.5, 0.75, 1, 2.5, 5, 7.5, 10);

    public static Histogram<double> TimePerOutputToken { get; } = Seconds(
        "gen_ai.server.time_per_output_token", "Time per token after the first, of calls that succeeded.",
        0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.075, 0.1, 0.15, 0.2, 0.3, 0.4, 0.5, 0.75, 1, 2.5);

    public static Histogram<double> QueueTime { get; } = Seconds(
        "decant.engine.queue_time", "How long a call waited for its turn.",
        0.001, 0.005, 0.01, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30, 60);

    public static Histogram<double> MaskTime { get; } = Seconds(
        "decant.decoding.mask_time", "What all masks of a call's constraints took together.",
        0.0001, 0.00025, 0.0005, 0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1);

    public static Counter<long> DraftedTokens { get; } = Meter.CreateCounter<long>("decant.decoding.drafted_tokens", "{token}", "Drafted tokens of calls that succeeded.");

    public static Counter<long> AcceptedTokens { get; } = Meter.CreateCounter<long>("decant.decoding.accepted_tokens", "{token}", "Drafted tokens that became text.");

    public static bool Enabled
        => RequestDuration.Enabled || TimeToFirstToken.Enabled || TimePerOutputToken.Enabled || QueueTime.Enabled || MaskTime.Enabled || DraftedTokens.Enabled || AcceptedTokens.Enabled;

    private static Histogram<double> Seconds(string name, string description, params double[] boundaries)
        => Meter.CreateHistogram(name, "s", description, advice: new InstrumentAdvice<double> { HistogramBucketBoundaries = boundaries });
}
