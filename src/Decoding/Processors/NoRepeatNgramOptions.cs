namespace Decant.Decoding;

/// <summary>Bans every token that would complete a run of tokens which the prompt or the answer already contains.</summary>
/// <remarks>
/// As Hugging Face's <c>no_repeat_ngram_size</c>, over prompt and answer. A ban is 100 off the logit rather than −∞: where nothing but banned tokens is left (by a constraint, say) the
/// likeliest of them is still said, instead of nothing. It does not spare end-of-turn tokens: with a long history of short, equal endings prefer "dry".
/// </remarks>
public sealed record NoRepeatNgramOptions : ProcessorOptions
{
    /// <inheritdoc/>
    public override string Kind => "no-repeat-ngram";

    /// <summary>Length of a run that may not come twice, in tokens; at least 1 (1: no token twice). Default: 3.</summary>
    public int Size { get; init; } = 3;

    /// <inheritdoc/>
    public override void Validate() => Check(Size >= 1, Size, nameof(Size), "at least 1; leave the processor out to allow repetitions");

    /// <inheritdoc/>
    public override IRowProcessor Compile(PlanContext context) => new NoRepeatNgram(Size);
}

internal sealed class NoRepeatNgram(int size) : StatelessProcessor, ILogitProcessor
{
    private readonly TokenMarks _banned = new();

    public void Apply(GenerationState state, Span<float> logits)
    {
        if (state.Position < size) return;
        var tokens = state.Tokens;
        for (var start = 0; Next(tokens, ref start); start++)
        {
            var token = tokens[start + size - 1];
            if (_banned.Add(token)) logits[token] -= 100;
        }

        _banned.Clear(tokens);
    }

    public override IRowProcessor Fork() => new NoRepeatNgram(size);

    // Moves to the next place where the last size - 1 tokens stand with a token behind them.
    private bool Next(ReadOnlySpan<int> tokens, ref int start)
    {
        if (start > tokens.Length - size) return false;
        var found = tokens[start..^1].IndexOf(tokens[^(size - 1)..]);
        start += found;
        return found >= 0;
    }
}
