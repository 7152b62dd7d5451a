namespace Decant.Decoding;

/// <summary>The route slot: which model produces a token. Routes trade exactness for time: a text is neither model's alone.</summary>
public abstract record RouteOptions : Strategy
{
    /// <summary>Makes the route.</summary>
    /// <param name="context">The model and what options name.</param>
    /// <exception cref="ArgumentException">What it names is not there.</exception>
    public abstract IRoute Compile(PlanContext context);
}
