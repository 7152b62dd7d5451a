namespace Decant.Decoding;

/// <summary>The thinking slot: how the reasoning span behaves. For models that mark their reasoning, as with <c>&lt;think&gt;</c>.</summary>
/// <remarks>
/// What is written in the model's place comes token by token as the only one allowed, so it counts, costs a forward and is remembered like any other token; with speculation it is drafted. Behind the
/// reasoning neither of its marks is written again. Other constraints hold behind the reasoning; with <see cref="DecodingOptions.ConstrainReasoning"/> they hold for these tokens too, and may leave none.
/// </remarks>
public abstract record ThinkingOptions : Strategy
{
    /// <summary>What stands inside the marks beside each that is written in the model's place: white space or nothing, as the model's template has it. Default: a line break.</summary>
    public string Inside { get; init; } = "\n";

    /// <summary>What follows a closing mark that is written in the model's place: nothing, or one or two line breaks. Default: two.</summary>
    public string Behind { get; init; } = "\n\n";

    /// <inheritdoc/>
    public override void Validate()
    {
        Check(string.IsNullOrWhiteSpace(Inside), Inside, nameof(Inside), "white space or nothing");
        Check(Behind is "" or "\n" or "\n\n", Behind, nameof(Behind), "nothing, or one or two line breaks");
    }

    /// <summary>Says what the reasoning is to be.</summary>
    /// <exception cref="ArgumentException">It cannot be combined with the rest of the plan; the message says what to do.</exception>
    public abstract ThinkingScript Compile(PlanContext context);
}
