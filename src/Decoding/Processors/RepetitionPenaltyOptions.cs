namespace Decant.Decoding;

/// <summary>
/// Divides the positive logits of tokens that occur in the prompt or the answer by a penalty, and multiplies the others' with it: CTRL's repetition penalty (Keskar et al. 2019).
/// </summary>
/// <remarks>Multiplicative, and how often a token occurred does not matter: not the additive penalties of "frequency-presence". Both may be used together, in the order they are listed.</remarks>
public sealed record RepetitionPenaltyOptions : ProcessorOptions
{
    /// <inheritdoc/>
    public override string Kind => "repetition-penalty";

    /// <summary>The penalty θ; above 0, at most 10. Above 1 discourages repetition, below 1 encourages it, 1 changes nothing. Default: 1.</summary>
    public float Penalty { get; init; } = 1;

    /// <summary>How many of the last tokens count, those of the prompt included; at least 1. A number beyond the context's length counts all, as Hugging Face does. Default: 64.</summary>
    public int Window { get; init; } = 64;

    /// <inheritdoc/>
    public override void Validate()
    {
        Check(Penalty is > 0 and <= 10, Penalty, nameof(Penalty), "above 0 and at most 10 (1 is no penalty)");
        Check(Window >= 1, Window, nameof(Window), "at least 1");
    }

    /// <inheritdoc/>
    public override IRowProcessor Compile(PlanContext context) => new RepetitionPenalty(Penalty, Window);
}

internal sealed class RepetitionPenalty(float penalty, int window) : StatelessProcessor, ILogitProcessor
{
    private readonly TokenMarks _seen = new();

    public void Apply(GenerationState state, Span<float> logits)
    {
        var tokens = state.Tokens[^Math.Min(window, state.Position)..];
        foreach (var token in tokens)
        {
            if (_seen.Add(token)) logits[token] = logits[token] > 0 ? logits[token] / penalty : logits[token] * penalty;
        }

        _seen.Clear(tokens);
    }

    public override IRowProcessor Fork() => new RepetitionPenalty(penalty, window);
}
