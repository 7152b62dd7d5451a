using System.Diagnostics;
using Decant.Connectors.Text;
using Decant.Decoding;
using Microsoft.Extensions.AI;

namespace Decant.Connectors.Chat;

/// <summary>What a call leaves behind besides its text: log-probabilities, a trace, events of its activity. Where none is asked for there is nothing to do.</summary>
internal sealed class CallRecord : ITraceSink
{
    private readonly TraceRecorder? _trace;
    private readonly AnswerLogprobs? _logprobs;
    private readonly Activity? _activity;
    private FinishKind? _finish;
    private int _given;

    public CallRecord(GenerationRequest request, TextTokenizer tokenizer, Activity? activity, int skippedBytes, bool continues)
    {
        var options = request.Plan.Options;
        if (options.Trace == true) _trace = new TraceRecorder(request, tokenizer);
        if (options.Logprobs is not null) _logprobs = new AnswerLogprobs(request.Plan, tokenizer, skippedBytes, continues);
        _activity = activity;
    }

    /// <summary>Who wants to see the rows, or null.</summary>
    public ITraceSink? Sink => _trace is null && _logprobs is null ? null : this;

    void ITraceSink.Add(in TracedRow row)
    {
        _trace?.Add(row);
        _logprobs?.Recorder.Add(row);
    }

    /// <summary>Takes the next token.</summary>
    public void Add(GeneratedToken token, bool isReasoning)
    {
        _finish = token.Finish;
        if (_trace is not null && _activity is not null) DecodingTelemetry.Add(_activity, _trace.Tokens[_given]);
        _given++;
        _logprobs?.Add(token, isReasoning);
    }

    /// <summary>Adds to an update what belongs to its text.</summary>
    public ChatResponseUpdate Complete(ChatResponseUpdate update)
    {
        if (_logprobs?.Give(update.Contents) is { Count: > 0 } logprobs) update.AdditionalProperties = new() { [DecodingResponseExtensions.LogprobsDeltaKey] = logprobs };
        return update;
    }

    /// <summary>Adds to the last update of a message what belongs to the whole message.</summary>
    public ChatResponseUpdate CompleteMessage(ChatResponseUpdate update)
    {
        if (_logprobs is not null) (update.AdditionalProperties ??= [])[DecodingResponseExtensions.LogprobsKey] = _logprobs.End();
        return update;
    }

    /// <summary>Adds to the last update what belongs to the last message and to the whole response.</summary>
    public ChatResponseUpdate CompleteLast(ChatResponseUpdate update)
    {
        var properties = CompleteMessage(update).AdditionalProperties ??= [];
        _trace?.Keep(_given);
        if (_trace is not null) properties[DecodingResponseExtensions.TraceKey] = _trace.ToTrace(_finish);
        return update;
    }
}
