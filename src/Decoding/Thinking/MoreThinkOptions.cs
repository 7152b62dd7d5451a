namespace Decant.Decoding;

/// <summary>Longer reasoning: where the model would close it, it goes on with a cue (MoreThink of SafeChain; Jiang and others, 2025). Opened where the prompt has not opened it.</summary>
/// <remarks>
/// <para>The probability of all tokens that would complete the closing mark goes to the cue's first token, at the sampler's temperature and before truncation (in greedy decoding the larger logit counts); the rest of the
/// cue follows. So the text remains one draw from a distribution that depends on the text alone, and speculation and searches hold. A mark that the model writes in several tokens is met at its last: what it
/// has written of it stays in the reasoning.</para>
/// <para>Cues come in turn, where the paper draws them. The first token of the cue whose turn it is begins that cue wherever the model writes it in its reasoning, for nobody can tell why it came.</para>
/// </remarks>
public sealed record MoreThinkOptions : ThinkingOptions
{
    /// <inheritdoc/>
    public override string Kind => "more-think";

    /// <summary>Most tokens of reasoning, cues included; then it is closed. At least 1. Default: 10,000.</summary>
    public int Budget { get; init; } = 10_000;

    /// <summary>How many times a close is replaced; the next one is let through. From 1 to 1000. Default: 10.</summary>
    public int MaxExtensions { get; init; } = 10;

    /// <summary>What the model goes on with, in turn; at least one, none empty, none with the model's marks.</summary>
    public ValueList<string> Cues { get; init; } = ["Wait", "Let me think again"];

    /// <summary>Tokens of reasoning from which on a close is let through; from 1 to <see cref="Budget"/>. Null: closes are replaced until <see cref="MaxExtensions"/> is reached.</summary>
    public int? MinTokens { get; init; }

    /// <inheritdoc/>
    public override void Validate()
    {
        base.Validate();
        Check(Budget >= 1, Budget, nameof(Budget), "at least 1");
        Check(MaxExtensions is >= 1 and <= 1000, MaxExtensions, nameof(MaxExtensions), "from 1 to 1000");
        Check(Cues.Count > 0 && !Cues.Any(string.IsNullOrWhiteSpace), Cues, nameof(Cues), "at least one text, none empty");
        Check(MinTokens is null || (MinTokens >= 1 && MinTokens <= Budget), MinTokens, nameof(MinTokens), $"from 1 to {nameof(Budget)}");
    }

    /// <inheritdoc/>
    public override ThinkingScript Compile(PlanContext context)
        => new() { Opens = true, MaxTokens = Budget, Cues = Cues, MaxExtensions = MaxExtensions, ExtendBelow = MinTokens ?? int.MaxValue };
}
