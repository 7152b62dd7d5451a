using System.Diagnostics;
using System.Runtime.CompilerServices;
using Decant.Decoding;
using Microsoft.Extensions.AI;
using Microsoft.Extensions.Logging;

namespace Decant.Connectors.Chat;

/// <summary>One call as those see it who listen: its activity, its figures, its line in the log. Where nobody listens there is none.</summary>
internal sealed partial class CallTelemetry
{
    private readonly string _model;
    private readonly DecodingOptions _decoding;
    private readonly TimeProvider _time;
    private readonly ILogger _logger;
    private long _start;
    private TimeSpan? _queued;
    private TimeSpan? _firstToken;

    private CallTelemetry(string model, DecodingOptions decoding, TimeProvider time, ILogger logger)
    {
        (_model, _decoding, _time, _logger) = (model, decoding, time, logger);
        Masks = DecodingMetrics.MaskTime.Enabled ? new MaskCounter() : null;
    }

    /// <summary>The call's activity, or null where nobody samples it.</summary>
    public Activity? Activity { get; private set; }

    /// <summary>Times the masks, where somebody wants to know.</summary>
    public MaskCounter? Masks { get; }

    public static CallTelemetry? Create(string model, DecodingOptions decoding, TimeProvider time, ILogger logger)
        => DecodingTelemetry.HasListeners || DecodingMetrics.Enabled || logger.IsEnabled(LogLevel.Debug) ? new CallTelemetry(model, decoding, time, logger) : null;

    /// <summary>The call has got its turn.</summary>
    public void Admit() => _queued = _time.GetElapsedTime(_start);

    /// <summary>There is a token.</summary>
    public void Token() => _firstToken ??= _time.GetElapsedTime(_start);

    /// <summary>Hands updates on and reports how the call ended.</summary>
    public async IAsyncEnumerable<ChatResponseUpdate> WatchAsync(IAsyncEnumerable<ChatResponseUpdate> updates, [EnumeratorCancellation] CancellationToken cancellationToken = default)
    {
        _start = _time.GetTimestamp();
        Activity = DecodingTelemetry.HasListeners ? DecodingTelemetry.Start(_model, _decoding) : null;
        ChatResponseUpdate? last = null;
        Exception? exception = null;
        try
        {
            await using var source = updates.GetAsyncEnumerator(cancellationToken);
            while (true)
            {
                // The caller's own is current again after each update, and what the call asks others is to be within the call.
                if (Activity is not null) Activity.Current = Activity;
                try
                {
                    if (!await source.MoveNextAsync().ConfigureAwait(false)) break;
                }
                catch (Exception caught)
                {
                    exception = caught;
                    throw;
                }

                last = source.Current;
                yield return last;
            }
        }
        finally
        {
            if (last?.RawRepresentation is GenerationStatistics statistics) Succeed(statistics, last.FinishReason);
            else Fail(exception is null || IsCancelled(exception, cancellationToken) ? DecodingTelemetry.Abandoned : exception.GetType().FullName!);
            Activity?.Dispose();
        }
    }

    private static bool IsCancelled(Exception exception, CancellationToken caller) => exception is OperationCanceledException && caller.IsCancellationRequested;

    private void Succeed(GenerationStatistics statistics, ChatFinishReason? finish)
    {
        var (duration, tags) = (_time.GetElapsedTime(_start), Tags());
        DecodingMetrics.RequestDuration.Record(duration.TotalSeconds, tags);
        if (_queued is { } queued) DecodingMetrics.QueueTime.Record(queued.TotalSeconds, tags);
        if (_firstToken is { } first) DecodingMetrics.TimeToFirstToken.Record(first.TotalSeconds, tags);
        if (statistics.OutputTokenCount > 1) DecodingMetrics.TimePerOutputToken.Record(statistics.DecodeDuration.TotalSeconds / (statistics.OutputTokenCount - 1), tags);
        if (Masks is { Count: > 0 }) DecodingMetrics.MaskTime.Record(Masks.Time.TotalSeconds, tags);
        foreach (var (drafter, count) in statistics.Speculation?.Drafters ?? new Dictionary<string, DraftCount>())
        {
            var drafterTags = tags;
            drafterTags.Add("decant.drafter", drafter);
            DecodingMetrics.DraftedTokens.Add(count.Drafted, drafterTags);
            DecodingMetrics.AcceptedTokens.Add(count.Accepted, drafterTags);
        }

        if (Activity is not null) DecodingTelemetry.Complete(Activity, statistics, finish);
        LogFinished(_model, duration.TotalSeconds, _queued?.TotalSeconds, _firstToken?.TotalSeconds, statistics.PromptTokenCount, statistics.CachedPromptTokenCount, statistics.OutputTokenCount, statistics.ForwardPassCount, finish);
    }

    private void Fail(string error)
    {
        var (duration, tags) = (_time.GetElapsedTime(_start), Tags());
        tags.Add("error.type", error);
        DecodingMetrics.RequestDuration.Record(duration.TotalSeconds, tags);
        DecodingMetrics.QueueTime.Record((_queued ?? duration).TotalSeconds, tags);
        if (Activity is not null) DecodingTelemetry.Fail(Activity, error);
        LogFailed(_model, duration.TotalSeconds, error);
    }

    private TagList Tags() => [new("gen_ai.operation.name", "chat"), new("gen_ai.provider.name", "decant"), new("gen_ai.request.model", _model)];

    [LoggerMessage(LogLevel.Debug, "{Model} answered in {Seconds:0.000} s (turn after {QueueSeconds:0.000} s, first token after {FirstTokenSeconds:0.000} s): prompt {PromptTokens} tokens, {CachedTokens} of them cached, answer {OutputTokens} tokens in {Forwards} forwards, finish {Finish}.")]
    private partial void LogFinished(string model, double seconds, double? queueSeconds, double? firstTokenSeconds, int promptTokens, int cachedTokens, int outputTokens, int forwards, ChatFinishReason? finish);

    [LoggerMessage(LogLevel.Debug, "{Model} ended a call after {Seconds:0.000} s without an answer: {Error}.")]
    private partial void LogFailed(string model, double seconds, string error);
}
