using System.Numerics.Tensors;

namespace Decant.Decoding;

/// <summary>
/// GeDi: two class-conditional readers of the text, one of wanted and one of unwanted texts, say by Bayes' rule how likely it is of the wanted class with each next token:
/// ln p + ω · ln P(class), where P(class) = σ(mean over the tokens of (ln p(wanted) − ln p(unwanted)) + bias).
/// </summary>
/// <remarks>
/// Krause et al., "GeDi: Generative Discriminator Guided Sequence Generation" (2021). The readers' log-probabilities of the answer's tokens are added up as these are drawn; tokens that were given
/// rather than drawn are no evidence. A token that a reader finds impossible is never written. The published ω is for readers that were trained to tell the classes apart, and goes with a repetition penalty of
/// 1.2 ("repetition-penalty"); with readers that were only tuned apart, whose rare tokens differ by chance, 2 to 4 is enough, and 30 ends in nonsense.
/// </remarks>
public sealed record ClassConditionalOptions : ContrastOptions
{
    /// <inheritdoc/>
    public override string Kind => "class-conditional";

    /// <summary>The registered model of wanted texts; it must share the tokenizer. Null: the client's own model reads <see cref="PositivePrompt"/>.</summary>
    public string? Expert { get; init; }

    /// <summary>The registered model of unwanted texts; it must share the tokenizer. Null: the client's own model reads <see cref="NegativePrompt"/>.</summary>
    public string? AntiExpert { get; init; }

    /// <summary>A system message that the reader of wanted texts has in place of the call's ("You are polite."). Null: the call's.</summary>
    public string? PositivePrompt { get; init; }

    /// <summary>A system message that the reader of unwanted texts has in place of the call's. Null: the call's.</summary>
    public string? NegativePrompt { get; init; }

    /// <summary>ω; 0 … 1000. 0 is plain decoding. Default: 30.</summary>
    public float Omega { get; init; } = 30;

    /// <summary>
    /// Of the tokens sorted by P(class), those are kept that have this much of the probability together; above 0, at most 1. The others are written only if <see cref="TargetP"/> lets them, or if constraints
    /// leave nothing else. 1 keeps all. Default: 0.8.
    /// </summary>
    public float FilterP { get; init; } = 0.8f;

    /// <summary>A token whose P(class) is at least this is kept in any case; above 0, at most 1. Default: 0.8.</summary>
    public float TargetP { get; init; } = 0.8f;

    /// <summary>Added to the log-odds of the wanted class; -100 … 100. Default: 0.</summary>
    public float Bias { get; init; }

    /// <inheritdoc/>
    public override void Validate()
    {
        Check(!string.IsNullOrEmpty(Expert) || !string.IsNullOrEmpty(PositivePrompt), Expert, nameof(Expert),
            "the name of a model of wanted texts, or null where PositivePrompt tells the client's model to write them");
        Check(!string.IsNullOrEmpty(AntiExpert) || !string.IsNullOrEmpty(NegativePrompt), AntiExpert, nameof(AntiExpert),
            "the name of a model of unwanted texts, or null where NegativePrompt tells the client's model to write them");
        Check((Expert, PositivePrompt) != (AntiExpert, NegativePrompt), AntiExpert, nameof(AntiExpert),
            "another model than Expert, or NegativePrompt another text than PositivePrompt: both readers would be the same");
        Check(Omega is >= 0 and <= 1000, Omega, nameof(Omega), "from 0 to 1000");
        Check(FilterP is > 0 and <= 1, FilterP, nameof(FilterP), "above 0 and at most 1");
        Check(TargetP is > 0 and <= 1, TargetP, nameof(TargetP), "above 0 and at most 1");
        Check(Bias is >= -100 and <= 100, Bias, nameof(Bias), "from -100 to 100");
    }

    /// <inheritdoc/>
    public override ILogitPolicy Compile(PlanContext context) => new ClassConditional(this);

    internal BranchRequest[] Requests() => [BranchRequest.Target, Request("wanted", Expert, PositivePrompt), Request("unwanted", AntiExpert, NegativePrompt)];

    private static BranchRequest Request(string name, string? model, string? prompt)
        => new(name, string.IsNullOrEmpty(model) ? null : model, string.IsNullOrEmpty(prompt) ? BranchPrompt.Same : new BranchPrompt.SystemMessage(prompt));
}

internal sealed class ClassConditional(ClassConditionalOptions options) : ILogitPolicy
{
    private readonly float _certain = MathF.Log(options.TargetP / (1 - options.TargetP));

    public IReadOnlyList<BranchRequest> Branches { get; } = options.Requests();

    public void Combine(in BranchRows rows, GenerationState state, RowScratch scratch, Span<float> destination, ref RowReport report)
    {
        report.Weight = options.Omega;
        if (options.Omega == 0)
        {
            rows.Main.CopyTo(destination);
            return;
        }

        var odds = scratch.Floats(0, destination.Length);
        FillOdds(rows, state, scratch, odds);

        var logs = scratch.Floats(1, destination.Length);
        RowMath.LogSigmoid(odds, destination, logs);
        RowMath.LogSoftmax(rows.Main, destination);
        TensorPrimitives.MultiplyAdd(logs, options.Omega, destination, destination);
        if (options.FilterP < 1) report.ImplausibleCount = Filter(odds, scratch, destination);
    }

    /// <summary>The log-odds of the wanted class with each token, and for the state what each would add.</summary>
    private void FillOdds(in BranchRows rows, GenerationState state, RowScratch scratch, Span<float> odds)
    {
        var evidence = scratch.TakeEvidence(odds.Length);
        var unwanted = RowMath.LogSoftmax(rows[2], scratch.Floats(1, odds.Length));
        RowMath.LogSoftmax(rows[1], evidence);
        TensorPrimitives.Subtract(evidence, unwanted, evidence);
        foreach (var row in (ReadOnlySpan<int>)[0, 1, 2]) RowMath.Exclude(rows[row], evidence);
        var (count, sum) = state.Evidence;
        TensorPrimitives.Add(evidence, (float)sum, odds);
        TensorPrimitives.Divide(odds, count + 1, odds);
        TensorPrimitives.Add(odds, options.Bias, odds);
    }

    private int Filter(ReadOnlySpan<float> odds, RowScratch scratch, Span<float> destination)
    {
        var maximum = TensorPrimitives.Max(destination);
        if (!float.IsFinite(maximum)) return 0;
        var weights = scratch.Floats(1, destination.Length);
        var enough = options.FilterP * RowWeights.Fill(destination, maximum, 1, weights);
        return RowMath.PutAside(odds, Cutoff(odds, weights, enough, scratch), destination);
    }

    // The smaller of the two bounds: what either of them keeps is kept.
    private float Cutoff(ReadOnlySpan<float> odds, Span<float> weights, double enough, RowScratch scratch)
    {
        var mass = 0.0;
        for (var i = 0; i < odds.Length; i++) mass += odds[i] >= _certain ? weights[i] : 0;
        if (mass >= enough) return _certain;
        var descending = scratch.Floats(2, odds.Length);
        TensorPrimitives.Negate(odds, descending);
        descending.Sort(weights);
        mass = 0;
        for (var i = 0; i < descending.Length; i++)
        {
            mass += weights[i];
            if (mass >= enough) return Math.Min(_certain, -descending[i]);
        }

        return float.NegativeInfinity;
    }
}
