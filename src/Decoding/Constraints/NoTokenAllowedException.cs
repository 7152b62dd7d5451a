namespace Decant.Decoding;

/// <summary>The constraints of a call leave no token that could come next.</summary>
public sealed class NoTokenAllowedException : InvalidOperationException
{
    /// <summary>Creates the exception.</summary>
    /// <param name="message">Which constraints, and where.</param>
    public NoTokenAllowedException(string message)
        : base(message)
    {
    }

    internal static NoTokenAllowedException For(GenerationState state) => new(
        $"No token can follow at position {state.Position}: {string.Join(" and ", state.Constraints.Select(constraint => constraint.Name))} "
        + "refuse every token that the model can produce. Loosen them, or remove what bans tokens (a logit bias, banned words).");
}
