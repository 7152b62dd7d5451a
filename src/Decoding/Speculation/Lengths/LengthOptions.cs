namespace Decant.Decoding;

/// <summary>How many tokens to draft, round by round; a part of <see cref="SpeculationOptions"/>.</summary>
public abstract record LengthOptions : Strategy
{
    /// <summary>Makes the controller.</summary>
    public abstract ILengthController Compile(PlanContext context);
}
