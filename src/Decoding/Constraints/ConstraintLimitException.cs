namespace Decant.Decoding;

/// <summary>A constraint needs more time or memory than one may: it is too large or too ambiguous. The request fails; others go on.</summary>
public sealed class ConstraintLimitException : InvalidOperationException
{
    /// <summary>Creates the exception.</summary>
    /// <param name="reason">What went beyond which limit, as a clause: "its patterns need more than 2,000,000 states".</param>
    public ConstraintLimitException(string reason)
        : base($"The constraint is too large: {reason}. Bound lengths and counts more tightly, nest fewer repetitions, or split it into several constraints.")
    {
    }
}
