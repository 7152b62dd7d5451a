namespace Decant.Decoding;

/// <summary>Keeps texts from being written: lowers the logit of every token that would complete one of them, however the text is cut into tokens.</summary>
/// <remarks>
/// Texts are matched as bytes of the answer, across token boundaries and inside tokens, with upper and lower case distinct: banning "cat" bans "concatenate" too, banning " cat "
/// does not. What the prompt ends with does not count as a beginning. A finite bias rather than a constraint: where nothing else may follow (constraints allow, or a contrast finds plausible, only what is banned), a banned text is still written; the constraint "banned" does not give way.
/// </remarks>
public sealed record BannedSequencesOptions : ProcessorOptions
{
    /// <inheritdoc/>
    public override string Kind => "banned-sequences";

    /// <summary>The texts; none is empty. Default: none.</summary>
    public ValueList<string> Texts { get; init; } = [];

    /// <summary>Added to the logit of a token that would complete a text; −100 … 0, 0 changes nothing. Default: −100, which is never drawn in practice.</summary>
    public float Bias { get; init; } = -100;

    /// <inheritdoc/>
    public override void Validate()
    {
        Check(!Texts.Contains(""), Texts, nameof(Texts), "a list of texts that are not empty");
        Check(Bias is >= -100 and <= 0, Bias, nameof(Bias), "from -100 to 0");
    }

    /// <inheritdoc/>
    public override IRowProcessor Compile(PlanContext context) => new BannedSequences(new PhraseTokens(context.Vocabulary, Texts, special: []), Bias);
}

internal sealed class BannedSequences(PhraseTokens phrases, float bias) : StatelessProcessor, ILogitProcessor
{
    public void Apply(GenerationState state, Span<float> logits)
    {
        foreach (var token in phrases.Completing(phrases.After(state.Generated)))
        {
            if (token < logits.Length) logits[token] += bias;
        }
    }
}
