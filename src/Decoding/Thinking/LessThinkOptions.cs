namespace Decant.Decoding;

/// <summary>One given sentence for all the reasoning (LessThink of SafeChain; Jiang and others, 2025).</summary>
public sealed record LessThinkOptions : ThinkingOptions
{
    /// <inheritdoc/>
    public override string Kind => "less-think";

    /// <summary>What stands for the reasoning; not empty, without the model's marks.</summary>
    public string Sentence { get; init; } = "This needs little thought, so I can answer right away.";

    /// <inheritdoc/>
    public override void Validate()
    {
        base.Validate();
        Check(!string.IsNullOrWhiteSpace(Sentence), Sentence, nameof(Sentence), "a text; for none at all there is zero-think");
    }

    /// <inheritdoc/>
    public override ThinkingScript Compile(PlanContext context) => new() { Text = Sentence };
}
