namespace Decant.Decoding;

/// <summary>The processors slot: a finite change to the row of logits, or a change of the distribution after truncation (<see cref="IDistributionProcessor"/>).</summary>
public abstract record ProcessorOptions : Strategy
{
    /// <summary>Makes the processor of one request, before its first generated token: an <see cref="ILogitProcessor"/> or an <see cref="IDistributionProcessor"/>.</summary>
    /// <exception cref="ArgumentException">Something that is named here is not there, or cannot be combined with the rest of the plan; the message says what to do.</exception>
    public abstract IRowProcessor Compile(PlanContext context);
}
