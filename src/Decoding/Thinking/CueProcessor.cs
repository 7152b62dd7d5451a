namespace Decant.Decoding;

/// <summary>
/// Gives the first token of a cue the probability of what would close the reasoning here, at the sampler's temperature. The tokens that lose it are refused by the <see cref="ThinkingConstraint"/> beside it.
/// </summary>
/// <param name="path">The text so far; owned from here on.</param>
internal sealed class CueProcessor(ThinkingPath path) : ILogitProcessor
{
    public void Apply(GenerationState state, Span<float> logits)
    {
        ref readonly var step = ref path.Last;
        if (path.Automaton.Cue(step) is not [var cue, ..] || cue >= logits.Length) return;
        var closing = path.Automaton.Closing(step);
        var maximum = logits[cue];
        foreach (var token in closing) maximum = token < logits.Length ? MathF.Max(maximum, logits[token]) : maximum;

        // Greedy decoding takes the cue where it would have taken a close, and nowhere else: not where several together would have been likely.
        if (!state.Sampler.IsGreedy && float.IsFinite(maximum))
        {
            var temperature = state.Sampler.Temperature;
            var sum = Math.Exp((logits[cue] - maximum) / temperature);
            foreach (var token in closing) sum += token == cue || token >= logits.Length ? 0 : Math.Exp((logits[token] - maximum) / temperature);
            maximum += temperature * (float)Math.Log(sum);
        }

        // Unlike other processors it may give probability to a token that had none: what the cue stands for had it.
        logits[cue] = maximum;
    }

    public void Commit(int token) => path.TryAccept(token);

    public void Rollback(int tokenCount) => path.Rollback(tokenCount);

    public IRowProcessor Fork() => new CueProcessor(path.Fork());
}
