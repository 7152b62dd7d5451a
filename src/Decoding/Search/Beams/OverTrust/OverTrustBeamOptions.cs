namespace Decant.Decoding;

/// <summary>
/// Beam search that distrusts summaries (OPERA): a text in which all tokens attend to one earlier token, as if it summed up what came before, is penalised, and where it goes on like that the search returns to
/// that token and goes on in another way.
/// </summary>
/// <remarks>
/// <para>Source: Huang and others, "OPERA: Alleviating Hallucination in Multi-Modal Large Language Models via Over-Trust Penalty and Retrospection-Allocation", 2024. W is the attention of the last layer among the answer's
/// tokens: of each token the largest of all heads, made to sum to 1 over everything it sees. The penalty is φ = 10⁻⁷ · max over columns j of Π over rows i ≥ j of (<see cref="ScaleFactor"/> · W_ij), and a hypothesis' candidates
/// are ranked by the softmax of (log-probability − <see cref="PenaltyWeight"/> · φ) over themselves. φ is capped at e⁶⁰. An end token, which attends to nothing, has the penalty of the text before it. A text's score is the mean over
/// its tokens; the search stops as <see cref="EarlyStopping.Heuristic"/> says.</para>
/// <para>Where the column with the largest product has been the same in more than <see cref="Threshold"/> tokens of every hypothesis, all go back to where that token stood, and what each said behind it is not said there again. Not to
/// one of the first 10 tokens.</para>
/// <para>The method is for answers about images, whose first tokens are rewarded for attending to the image. With the documents of a call in the image's place (<see cref="InitialDocumentTokens"/>) that is our extension; so is its
/// use on text at all. Every candidate of every hypothesis runs at every token: <see cref="Beams"/> · <see cref="Candidates"/> rows, of which the chosen ones' serve the next token too.</para>
/// </remarks>
public sealed record OverTrustBeamOptions : SearchOptions
{
    /// <inheritdoc/>
    public override string Kind => "over-trust-beam";

    /// <summary>Beginnings to keep; 1 … 64. Default: 5.</summary>
    public int Beams { get; init; } = 5;

    /// <summary>How many of the likeliest tokens each beginning may go on with; 1 … 64. Default: 5.</summary>
    public int Candidates { get; init; } = 5;

    /// <summary>What attention is multiplied with before the product; above 0, at most 10000. Default: 50.</summary>
    public double ScaleFactor { get; init; } = 50;

    /// <summary>In how many tokens the same column may lead; 1 … 10000. Default: 15.</summary>
    public int Threshold { get; init; } = 15;

    /// <summary>How much the penalty counts; 0 … 1000. 0: not at all, but the search goes back all the same. Default: 1.</summary>
    public double PenaltyWeight { get; init; } = 1;

    /// <summary>How often the search goes back to the same place; 0 … 100. Default: 5.</summary>
    public int MaxRollbacks { get; init; } = 5;

    /// <summary>For how many of the first tokens, in a call with documents, minus the attention to the documents is the penalty; 0 … 1000. Our extension. Default: 10.</summary>
    public int InitialDocumentTokens { get; init; } = 10;

    internal override bool Draws => false;

    /// <inheritdoc/>
    public override void Validate()
    {
        Check(Beams is >= 1 and <= 64, Beams, nameof(Beams), "from 1 to 64");
        Check(Candidates is >= 1 and <= 64, Candidates, nameof(Candidates), "from 1 to 64");
        Check(ScaleFactor is > 0 and <= 10_000, ScaleFactor, nameof(ScaleFactor), "above 0 and at most 10000");
        Check(Threshold is >= 1 and <= 10_000, Threshold, nameof(Threshold), "from 1 to 10000");
        Check(PenaltyWeight is >= 0 and <= 1000, PenaltyWeight, nameof(PenaltyWeight), "a number from 0 to 1000");
        Check(MaxRollbacks is >= 0 and <= 100, MaxRollbacks, nameof(MaxRollbacks), "from 0 to 100");
        Check(InitialDocumentTokens is >= 0 and <= 1000, InitialDocumentTokens, nameof(InitialDocumentTokens), "from 0 to 1000");
    }

    /// <inheritdoc/>
    public override ISearch Compile(PlanContext context)
    {
        ArgumentNullException.ThrowIfNull(context);
        context.Require(Kind, ModelCapabilities.Fork | ModelCapabilities.AttentionMaps);
        var layer = context.Model.LayerCount;
        return new BeamSearch(run => new OverTrustBeam(run, this, layer, context.Model.HeadCount), taps: new Taps { AttentionLayers = [layer] });
    }
}
