namespace Decant.Decoding;

/// <summary>How a token is drawn from a row of logits.</summary>
/// <remarks>
/// Order of application: penalties (and other processors) → top-nσ → temperature → top-k → typical → top-p → min-p → eta → XTC. Each truncation sees the renormalised outcome of the one before
/// and leaves at least one token. Typical, eta and XTC cost a sort of the vocabulary unless top-nσ, top-k, top-p or min-p (for typical: the first two) shortens it before.
/// </remarks>
public sealed record SamplingOptions : SamplerOptions
{
    /// <inheritdoc/>
    public override string Kind => "sample";

    /// <summary>Divisor of the logits: below 1 sharpens, above 1 flattens, 0 always takes the likeliest token. At least 0 and finite. Null: 1.</summary>
    public float? Temperature { get; init; }

    /// <summary>Keep exactly this many of the likeliest tokens (the lowest ids among equals); at least 1. Null or more than the vocabulary: all.</summary>
    public int? TopK { get; init; }

    /// <summary>
    /// Keep the shortest run of likeliest tokens whose probabilities sum to at least this much; above 0, at most 1. Null or 1: all.
    /// </summary>
    public float? TopP { get; init; }

    /// <summary>Keep tokens at least this fraction as likely as the likeliest one; 0 … 1. Null or 0: all.</summary>
    public float? MinP { get; init; }

    /// <summary>
    /// Locally typical sampling (Meister et al. 2023): keep the tokens whose surprise is nearest to the entropy until their probabilities sum to at least this much; above 0, at
    /// most 1. May cut off the likeliest token. Null or 1: all.
    /// </summary>
    public float? TypicalP { get; init; }

    /// <summary>
    /// Eta sampling (Hewitt et al. 2022), its ε: keep tokens of probability at least min(ε, √ε · e^−entropy); 0 … 1, small numbers such as 0.0009. Null or 0: all.
    /// </summary>
    public float? Eta { get; init; }

    /// <summary>
    /// Top-nσ (Tang et al. 2024), its n: keep tokens whose logit is at most this many standard deviations of the row's finite logits below the largest, whatever the temperature; above 0,
    /// usually 1. Null: all.
    /// </summary>
    public float? TopNSigma { get; init; }

    /// <summary>
    /// Exclude Top Choices: how often, as a probability, all tokens but the least likely of those that reach <see cref="XtcThreshold"/> are dropped. Nothing is dropped where an
    /// end-of-turn token or a line break would be. 0 … 1. Null or 0: never.
    /// </summary>
    public float? XtcProbability { get; init; }

    /// <summary>The probability that makes a token a top choice for <see cref="XtcProbability"/>; above 0, at most 0.5. Null: 0.1.</summary>
    public float? XtcThreshold { get; init; }

    internal override bool IsGreedy => this is { Temperature: 0 } or { TopK: 1 };

    /// <inheritdoc/>
    public override void Validate()
    {
        Check(Temperature is null || (float.IsFinite(Temperature.Value) && Temperature >= 0), Temperature, nameof(Temperature), "a finite number of at least 0 (0 is greedy)");
        Check(TopK is null or >= 1, TopK, nameof(TopK), "at least 1, or null for no limit");
        Check(TopP is null or (> 0 and <= 1), TopP, nameof(TopP), "above 0 and at most 1, or null for no limit");
        Check(MinP is null or (>= 0 and <= 1), MinP, nameof(MinP), "from 0 to 1, or null for no limit");
        Check(TypicalP is null or (> 0 and <= 1), TypicalP, nameof(TypicalP), "above 0 and at most 1, or null for no limit");
        Check(Eta is null or (>= 0 and <= 1), Eta, nameof(Eta), "from 0 to 1, or null for no limit");
        Check(TopNSigma is null or > 0, TopNSigma, nameof(TopNSigma), "above 0, or null for no limit");
        Check(XtcProbability is null or (>= 0 and <= 1), XtcProbability, nameof(XtcProbability), "from 0 to 1, or null for never");
        Check(XtcThreshold is null or (> 0 and <= 0.5f), XtcThreshold, nameof(XtcThreshold), "above 0 and at most 0.5 (no two tokens can be likelier than that)");
        Check(XtcThreshold is null || XtcProbability is not null, XtcThreshold, nameof(XtcThreshold), $"null where there is no {nameof(XtcProbability)}, for it has no effect alone");
    }

    /// <inheritdoc/>
    public override ISampler Compile(PlanContext context) => new TruncatedSampler(this, XtcProbability > 0 && !IsGreedy ? NeverDropped(context.Vocabulary) : []);

    /// <inheritdoc/>
    public override SamplerOptions Complete(SamplingOptions members) => this with
    {
        Temperature = Temperature ?? members.Temperature,
        TopK = TopK ?? members.TopK,
        TopP = TopP ?? members.TopP,
        MinP = MinP ?? members.MinP,
        TypicalP = TypicalP ?? members.TypicalP,
        Eta = Eta ?? members.Eta,
        TopNSigma = TopNSigma ?? members.TopNSigma,
        XtcProbability = XtcProbability ?? members.XtcProbability,
        XtcThreshold = XtcThreshold ?? members.XtcThreshold,
        Seed = Seed ?? members.Seed,
    };

    /// <summary>The members that are set, but for the seed; for messages.</summary>
    internal string NamesOfSet() => string.Join(", ", new (string Name, object? Value)[]
    {
        (nameof(Temperature), Temperature), (nameof(TopK), TopK), (nameof(TopP), TopP), (nameof(MinP), MinP), (nameof(TypicalP), TypicalP), (nameof(Eta), Eta),
        (nameof(TopNSigma), TopNSigma), (nameof(XtcProbability), XtcProbability), (nameof(XtcThreshold), XtcThreshold),
    }.Where(member => member.Value is not null).Select(member => member.Name));

    private static HashSet<int> NeverDropped(ITokenVocabulary vocabulary)
        => [.. vocabulary.EndOfTurn, .. Enumerable.Range(0, vocabulary.Count).Where(id => vocabulary.Bytes(id).Contains((byte)'\n'))];
}
