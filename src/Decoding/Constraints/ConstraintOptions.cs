namespace Decant.Decoding;

/// <summary>The constraints slot: what may be said. All constraints of a call hold at once.</summary>
public abstract record ConstraintOptions : Strategy
{
    /// <summary>Makes the constraint of one request, before its first generated token.</summary>
    /// <exception cref="ArgumentException">The constraint is not a valid one; the message says what to do.</exception>
    public abstract IConstraint Compile(PlanContext context);
}
