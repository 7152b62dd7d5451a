namespace Decant.Decoding;

/// <summary>What decides which drafted tokens stay; a part of <see cref="SpeculationOptions"/>.</summary>
public abstract record VerifierOptions : Strategy
{
    /// <summary>Makes the verifier.</summary>
    public abstract IVerifier Compile(PlanContext context);
}
