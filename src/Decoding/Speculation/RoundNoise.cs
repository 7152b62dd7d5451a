namespace Decant.Decoding;

/// <summary>The chance of one round of speculation: what drafters draw and verifiers decide. The same seed, text and options give the same.</summary>
public abstract class RoundNoise
{
    /// <summary>The token that decoding without speculation would draw at a position.</summary>
    /// <param name="target">The target's distribution there.</param>
    /// <param name="position">Index of the token, from the start of the prompt: <see cref="GenerationState.Position"/>.</param>
    public abstract int DrawTarget(TokenDistribution target, int position);

    /// <summary>A drafter's draw that shares the target's noise, so that close distributions give the same token. For <see cref="TokenMatchOptions"/> only: other verifiers need independent draws.</summary>
    /// <inheritdoc cref="DrawTarget"/>
    public abstract int DrawShared(TokenDistribution proposal, int position);

    /// <summary>An index with probability proportional to its weight.</summary>
    /// <param name="weights">None negative, one positive.</param>
    public abstract int Draw(ReadOnlySpan<double> weights);

    /// <summary>An independent draw from a distribution.</summary>
    /// <returns>A token.</returns>
    public abstract int Draw(TokenDistribution distribution);

    /// <summary>True with a probability; always from 1 on, never at 0.</summary>
    public abstract bool Accept(double probability);

    /// <summary>A uniform number strictly between 0 and 1.</summary>
    public abstract double Uniform();
}
