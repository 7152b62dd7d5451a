namespace Decant.Decoding;

/// <summary>The constraints of a call leave no token that could come next.</summary>
public sealed class NoTokenAllowedException : InvalidOperationException
{
    private const string Advice = "Loosen what they ask for, or remove what bans tokens (a logit bias, banned words).";

    /// <summary>Creates the exception.</summary>
    /// <param name="message">Which constraints, and where.</param>
    public NoTokenAllowedException(string message)
        : base(message)
    {
    }

    /// <summary>Names the constraint that refuses everything, or else two that do together, or else all.</summary>
    /// <param name="logits">The row before constraints: what is −∞ the model cannot produce anyway.</param>
    /// <param name="state">The constraints.</param>
    /// <param name="contrast">The contrast that has made tokens impossible, whatever the constraints say; null where none has.</param>
    internal static NoTokenAllowedException For(ReadOnlySpan<float> logits, GenerationState state, string? contrast = null)
    {
        var constraints = state.Constraints;
        var every = contrast is null ? "every token that the model can produce" : $"every token that the contrast \"{contrast}\" leaves";
        var possible = new ulong[TokenMask.Words(logits.Length)];
        for (var id = 0; id < logits.Length; id++)
        {
            if (!float.IsNegativeInfinity(logits[id])) TokenMask.Set(possible, id);
        }

        for (var i = 0; i < constraints.Count; i++)
        {
            if (Refuse(possible, constraints[i])) return new($"No token can follow at position {state.Position}: {constraints[i].Name} refuses {every}. {Advice}");
        }

        for (var i = 0; i < constraints.Count; i++)
        {
            for (var j = 0; j < i; j++)
            {
                if (Refuse(possible, constraints[j], constraints[i])) return Together(constraints[j], constraints[i]);
            }
        }

        return Together([.. constraints]);

        NoTokenAllowedException Together(params IConstraint[] refusing) => new(
            $"No token can follow at position {state.Position}: {string.Join(" and ", refusing.Select(constraint => constraint.Name))} together refuse {every}. {Advice}");
    }

    private static bool Refuse(ulong[] possible, params ReadOnlySpan<IConstraint> constraints)
    {
        ulong[] mask = [.. possible];
        foreach (var constraint in constraints) constraint.FillMask(mask);
        return !mask.AsSpan().ContainsAnyExcept(0UL);
    }
}
