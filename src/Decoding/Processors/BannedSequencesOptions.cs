using System.Text;

namespace Decant.Decoding;

/// <summary>Keeps texts from being written: lowers the logit of every token that would complete one of them, however the text is cut into tokens.</summary>
/// <remarks>
/// Texts are matched as bytes of the answer, across token boundaries and inside tokens, with upper and lower case distinct: banning "cat" bans "concatenate" too, banning " cat "
/// does not. What the prompt ends with does not count as a beginning. A finite bias rather than a constraint: where nothing else may follow (constraints allow, or a contrast finds plausible, only what is banned), a banned text is still written.
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
    public override IRowProcessor Compile(PlanContext context) => new BannedSequences(new ByteMatcher(Texts.Select(Encoding.UTF8.GetBytes)), context.Vocabulary, Bias);
}

internal sealed class BannedSequences(ByteMatcher matcher, ITokenVocabulary vocabulary, float bias) : StatelessProcessor, ILogitProcessor
{
    // By the matcher's state: the tokens that complete a text from there. Filled when first met; two callers may both do so, with the same outcome.
    private readonly int[]?[] _completing = new int[]?[matcher.StateCount];

    public void Apply(GenerationState state, Span<float> logits)
    {
        var current = StateAfter(state.Generated);
        foreach (var token in _completing[current] ??= Completing(current))
        {
            if (token < logits.Length) logits[token] += bias;
        }
    }

    // The state depends on no more bytes than the longest text has, so it need not be kept.
    private int StateAfter(ReadOnlySpan<int> generated)
    {
        var start = generated.Length;
        for (var bytes = 0; start > 0 && bytes < matcher.LongestLength; start--) bytes += Bytes(generated[start - 1]).Length;
        var current = 0;
        foreach (var token in generated[start..]) current = vocabulary.IsSpecial(token) ? 0 : matcher.Run(current, Bytes(token), out _);
        return current;
    }

    private int[] Completing(int from)
    {
        var tokens = new List<int>();
        for (var id = 0; id < vocabulary.Count; id++)
        {
            if (vocabulary.IsSpecial(id)) continue;
            matcher.Run(from, Bytes(id), out var completes);
            if (completes) tokens.Add(id);
        }

        return [.. tokens];
    }

    // A model may have more logits than its tokenizer has tokens.
    private ReadOnlySpan<byte> Bytes(int token) => token < vocabulary.Count ? vocabulary.Bytes(token) : [];
}
