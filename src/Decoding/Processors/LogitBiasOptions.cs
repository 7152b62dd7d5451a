using System.Text;

namespace Decant.Decoding;

/// <summary>Adds a constant to the logits of chosen tokens: OpenAI's <c>logit_bias</c>. −100 never lets a token be drawn in practice, 100 lets nothing else be.</summary>
public sealed record LogitBiasOptions : ProcessorOptions
{
    /// <inheritdoc/>
    public override string Kind => "logit-bias";

    /// <summary>Token id to bias, −100 … 100; 0 changes nothing. Default: none.</summary>
    public ValueDictionary<int, float>? Tokens { get; init; }

    /// <summary>
    /// A token's whole text to bias, −100 … 100. A space belongs to the text: " yes" and "yes" are different tokens. Every token with exactly this text is meant; it adds to what
    /// <see cref="Tokens"/> says. Default: none.
    /// </summary>
    public ValueDictionary<string, float>? Texts { get; init; }

    /// <inheritdoc/>
    public override void Validate()
    {
        foreach (var (id, bias) in Tokens ?? new([]))
        {
            Check(id >= 0, id, nameof(Tokens), "a map from token ids of at least 0");
            Check(bias is >= -100 and <= 100, bias, nameof(Tokens), "a map to numbers from -100 to 100");
        }

        foreach (var (text, bias) in Texts ?? new([]))
        {
            Check(text.Length > 0, text, nameof(Texts), "a map from texts that are not empty");
            Check(bias is >= -100 and <= 100, bias, nameof(Texts), "a map to numbers from -100 to 100");
        }
    }

    /// <inheritdoc/>
    public override IRowProcessor Compile(PlanContext context)
    {
        var biases = new Dictionary<int, float>(Tokens ?? new([]));
        foreach (var (text, bias) in Texts ?? new([]))
        {
            foreach (var id in Find(text, context)) biases[id] = biases.GetValueOrDefault(id) + bias;
        }

        return new LogitBias([.. biases]);
    }

    private List<int> Find(string text, PlanContext context)
    {
        var bytes = Encoding.UTF8.GetBytes(text);
        var ids = Enumerable.Range(0, context.Vocabulary.Count).Where(id => context.Vocabulary.Bytes(id).SequenceEqual(bytes)).ToList();
        return ids.Count > 0 ? ids : throw new ArgumentException(
            $"{Kind}: {nameof(Texts)} names \"{text}\", which is no single token of this model but {context.Encode(text).Length} of them. Name one token, or use \"banned-sequences\" for longer texts.");
    }
}

internal sealed class LogitBias(KeyValuePair<int, float>[] biases) : StatelessProcessor, ILogitProcessor
{
    public void Apply(GenerationState state, Span<float> logits)
    {
        foreach (var (id, bias) in biases)
        {
            if (id >= logits.Length) throw new ArgumentException($"logit-bias: Tokens names the token {id}, but the model has {logits.Length} tokens.");
            logits[id] += bias;
        }
    }
}
