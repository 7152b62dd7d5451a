namespace Decant.Decoding;

/// <summary>The contrast slot: which raw distribution is decoded, made from one or several branches.</summary>
public abstract record ContrastOptions : Strategy
{
    /// <summary>Makes the policy that these options describe.</summary>
    /// <exception cref="ArgumentException">Something that is named here is not there, or the call lacks what the strategy needs; the message says what to do.</exception>
    public abstract ILogitPolicy Compile(PlanContext context);
}
