namespace Decant.Decoding;

/// <summary>Bounds the tokens of the reasoning: it is closed when they are spent, and not before there are enough of them.</summary>
/// <remarks>Before <see cref="Min"/> the closing mark has the probability 0, so what else is likely goes on; <see cref="MoreThinkOptions"/> says something in its place.</remarks>
public sealed record ThinkBudgetOptions : ThinkingOptions
{
    /// <inheritdoc/>
    public override string Kind => "think-budget";

    /// <summary>Most tokens of reasoning, <see cref="Ending"/> and <see cref="ThinkingOptions.Inside"/> included; at least 1. Default: 1024.</summary>
    public int Max { get; init; } = 1024;

    /// <summary>Fewest; from 0 to <see cref="Max"/>. From 1 on, reasoning is opened where the prompt has not opened it; with 0 the model may answer without. Default: 0.</summary>
    public int Min { get; init; }

    /// <summary>A last sentence for reasoning whose tokens are spent; without the model's marks. Default: none.</summary>
    public string Ending { get; init; } = "";

    /// <inheritdoc/>
    public override void Validate()
    {
        base.Validate();
        Check(Max >= 1, Max, nameof(Max), "at least 1");
        Check(Min >= 0 && Min <= Max, Min, nameof(Min), $"from 0 to {nameof(Max)}");
        Check(Ending is not null, Ending, nameof(Ending), "a text, or empty for none");
    }

    /// <inheritdoc/>
    public override ThinkingScript Compile(PlanContext context) => new() { Opens = Min > 0, MinTokens = Min, MaxTokens = Max, Ending = Ending };
}
