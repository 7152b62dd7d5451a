namespace Decant.Decoding;

/// <summary>The search slot: several states at once, from which tokens are chosen otherwise than by one draw each.</summary>
public abstract record SearchOptions : Strategy
{
    /// <summary>Whether tokens are drawn from distributions.</summary>
    internal virtual bool Draws => true;

    /// <summary>Whether it asks how likely tokens are before constraints.</summary>
    internal virtual bool Measures => false;

    /// <summary>Whether it has texts written by the plan's speculation where there is one.</summary>
    internal virtual bool Speculates => false;

    /// <summary>How many texts it answers with at most.</summary>
    internal virtual int Answers => 1;

    /// <summary>Makes the search that these options describe.</summary>
    /// <exception cref="ArgumentException">Something that is named here is not there, or cannot be combined with the rest of the plan; the message says what to do.</exception>
    public abstract ISearch Compile(PlanContext context);
}
