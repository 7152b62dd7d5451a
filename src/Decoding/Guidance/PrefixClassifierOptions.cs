using System.Numerics.Tensors;

namespace Decant.Decoding;

/// <summary>
/// FUDGE: a small classifier that was trained on beginnings of texts says how likely the finished text has an attribute with each of the likeliest next tokens: ln p + λ · ln P(attribute). With λ = 1 this
/// is Bayes' rule, as far as the classifier is right.
/// </summary>
/// <remarks>
/// Yang and Klein, "FUDGE: Controlled Text Generation With Future Discriminators" (2021). The classifier reads the answer, not the prompt, and runs beside the model at no forward. Tokens that are not among
/// the likeliest are lowered so far that they are never drawn, unless constraints leave nothing else.
/// </remarks>
public sealed record PrefixClassifierOptions : ProcessorOptions
{
    /// <inheritdoc/>
    public override string Kind => "prefix-classifier";

    /// <summary>The name under which a <see cref="PrefixClassifier"/> of the model's vocabulary is registered; required.</summary>
    public string Classifier { get; init; } = "";

    /// <summary>λ; 0 … 100. 0 changes nothing. Default: 1.</summary>
    public float Lambda { get; init; } = 1;

    /// <summary>How many of the likeliest tokens the classifier looks at; at least 1. Default: 200.</summary>
    public int TopK { get; init; } = 200;

    /// <summary>True to have the attribute, false to avoid it. Default: true.</summary>
    public bool Target { get; init; } = true;

    /// <inheritdoc/>
    public override void Validate()
    {
        Check(!string.IsNullOrEmpty(Classifier), Classifier, nameof(Classifier), $"the name of a registered {nameof(PrefixClassifier)}");
        Check(Lambda is >= 0 and <= 100, Lambda, nameof(Lambda), "from 0 to 100 (0 changes nothing)");
        Check(TopK >= 1, TopK, nameof(TopK), "at least 1");
    }

    /// <inheritdoc/>
    public override IRowProcessor Compile(PlanContext context)
    {
        ArgumentNullException.ThrowIfNull(context);
        var classifier = context.Services.Get<PrefixClassifier>(Classifier, $"{Kind}: {nameof(Classifier)}");
        var vocabulary = VocabularyId.Of(context.Vocabulary);
        return classifier.Vocabulary == vocabulary
            ? new PrefixClassifierGuidance(classifier, this, new PrefixClassifierGuidance.Node(null, new float[classifier.StateSize]))
            : throw new ArgumentException($"{Kind}: {nameof(Classifier)} \"{Classifier}\" is of another vocabulary ({classifier.Vocabulary.Count} tokens) than the model's ({vocabulary.Count} tokens). "
                + "Train it with this model's tokenizer.");
    }
}

/// <param name="classifier">The classifier.</param>
/// <param name="options">How it counts.</param>
/// <param name="last">Where the text stands. Nodes are never changed, so forks share them.</param>
internal sealed class PrefixClassifierGuidance(PrefixClassifier classifier, PrefixClassifierOptions options, PrefixClassifierGuidance.Node last) : ILogitProcessor
{
    private readonly TruncatedSampler _likeliest = new(new SamplingOptions { TopK = options.TopK }, []);
    private readonly TokenDistribution _row = new();
    private Node _last = last;

    public void Apply(GenerationState state, Span<float> logits)
    {
        // A row that no token can be drawn from is for the draw to report.
        _row.Best = RowScan.IndexOfMax(logits);
        if (options.Lambda == 0 || !float.IsFinite(logits[_row.Best])) return;
        _likeliest.Fill(logits, _row, excludes: false);
        var ids = _row.Ids;
        RowMath.PutOthersAside(ids, logits, _row.Scratch);
        var odds = _row.Scratch.Floats(0, ids.Length);
        classifier.Score(_last.State, ids, odds);
        if (!options.Target) TensorPrimitives.Negate(odds, odds);
        RowMath.LogSigmoid(odds, _row.Scratch.Floats(1, ids.Length), odds);
        for (var i = 0; i < ids.Length; i++) logits[ids[i]] += options.Lambda * odds[i];
    }

    public void Commit(int token)
    {
        var next = new float[classifier.StateSize];
        classifier.Read(_last.State, token, next);
        _last = new Node(_last, next);
    }

    public void Rollback(int tokenCount)
    {
        for (; tokenCount > 0; tokenCount--) _last = _last.Before!;
    }

    public IRowProcessor Fork() => new PrefixClassifierGuidance(classifier, options, _last);

    /// <summary>The classifier's state after a token.</summary>
    /// <param name="Before">That before it, or null at the text's beginning.</param>
    /// <param name="State">Its numbers.</param>
    internal sealed record Node(Node? Before, float[] State);
}
