using System.Text.Json.Serialization;

namespace Decant.Decoding;

/// <summary>The speculation slot: a drafter guesses several tokens, one forward of the target verifies them all. The record's kind names the drafter.</summary>
/// <remarks>Where every part is exact, speculation changes time and never the text's distribution; with <see cref="TokenMatchOptions"/>, the default, not even the text.</remarks>
public abstract record SpeculationOptions : Strategy
{
    /// <summary>What decides which drafted tokens stay. Null: <see cref="TokenMatchOptions"/>.</summary>
    [JsonConverter(typeof(StrategyConverter<VerifierOptions>))]
    public VerifierOptions? Verifier { get; init; }

    /// <summary>How many tokens to draft, round by round. Null: as many as the drafter's own members say.</summary>
    [JsonConverter(typeof(StrategyConverter<LengthOptions>))]
    public LengthOptions? Length { get; init; }

    /// <summary>The least that is promised about the text. A part that promises less is refused. Default: <see cref="Guarantee.Exact"/>.</summary>
    public Guarantee Require { get; init; } = Guarantee.Exact;

    /// <summary>Most tokens in one round's draft, in all branches of its tree together; 1 … 256. Default: 64.</summary>
    public int MaxNodes { get; init; } = 64;

    /// <summary>Whether tokens that constraints force are drafted first, without asking the drafter. Default: true.</summary>
    public bool Forced { get; init; } = true;

    /// <inheritdoc/>
    public override void Validate()
    {
        Check(Enum.IsDefined(Require), Require, nameof(Require), "a known guarantee");
        Check(MaxNodes is >= 1 and <= 256, MaxNodes, nameof(MaxNodes), "a number from 1 to 256");
        Verifier?.Validate();
        Length?.Validate();
    }

    /// <summary>The same without seeds of its own, for what is learnt from calls alike but for these.</summary>
    internal virtual SpeculationOptions WithoutSeed() => this;

    /// <summary>Makes the drafter.</summary>
    /// <param name="context">The model and what options name.</param>
    /// <exception cref="ArgumentException">What it names is not there, or it excludes another strategy; the message names it.</exception>
    public abstract IDrafter Compile(PlanContext context);
}
