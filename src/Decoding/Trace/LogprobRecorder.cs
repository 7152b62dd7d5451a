namespace Decant.Decoding;

/// <summary>Keeps the log-probabilities that a call asked for: give it as the request's <see cref="GenerationRequest.Trace"/>.</summary>
/// <remarks>Serves one generation.</remarks>
public sealed class LogprobRecorder : ITraceSink
{
    private readonly LogprobOptions _options;
    private readonly StageReader _reader;
    private readonly Queue<(int Token, TracedStage Stage)> _tokens = new();

    /// <summary>Creates a recorder.</summary>
    /// <param name="plan">What will be decoded with; its options say which log-probabilities are wanted.</param>
    /// <param name="vocabulary">Where token texts come from, or null for none.</param>
    public LogprobRecorder(DecodingPlan plan, ITokenVocabulary? vocabulary = null)
    {
        ArgumentNullException.ThrowIfNull(plan);
        _options = plan.Options.Logprobs ?? new LogprobOptions();
        _reader = new StageReader(plan, _options.Top, vocabulary);
    }

    /// <inheritdoc/>
    public void Add(in TracedRow row) => _tokens.Enqueue((row.Token, _reader.One(_options.Stage, row)));

    /// <summary>Takes the oldest token that has not been taken.</summary>
    /// <param name="token">The token.</param>
    /// <param name="stage">Its log-probability and the likeliest tokens.</param>
    /// <returns>Whether there was one.</returns>
    public bool TryTake(out int token, out TracedStage? stage)
    {
        var taken = _tokens.TryDequeue(out var first);
        (token, stage) = first;
        return taken;
    }
}
