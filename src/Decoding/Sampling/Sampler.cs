using System.Runtime.Intrinsics;

namespace Decant.Decoding;

/// <summary>Draws tokens from distributions.</summary>
public static class Sampler
{
    /// <summary>
    /// Draws a token: the candidate with the largest ln(probability) + Gumbel noise, where the noise is keyed by the position and the token's
    /// id (<see cref="PositionNoise.DrawStream"/>).
    /// </summary>
    /// <remarks>
    /// The draw follows the distribution exactly, and two distributions that are close get the same token with high probability
    /// when they share the noise: that is what makes a drafter's draws agree with the target's.
    /// </remarks>
    /// <param name="distribution">What to draw from.</param>
    /// <param name="noise">The request's noise.</param>
    /// <param name="position">Index of the token to draw, from the start of the prompt: <see cref="GenerationState.Position"/>.</param>
    /// <returns>The token's id.</returns>
    /// <exception cref="ArgumentException"><paramref name="distribution"/> has not been filled yet.</exception>
    public static int Draw(TokenDistribution distribution, in PositionNoise noise, long position)
    {
        ArgumentNullException.ThrowIfNull(distribution);
        var ids = distribution.Ids;
        var probabilities = distribution.Probabilities;
        if (ids.IsEmpty) throw new ArgumentException("The distribution is empty; fill it with TargetDistribution.Row first.", nameof(distribution));

        // Largest ln p + Gumbel is smallest (-ln u) / p. Since -ln u >= 1 - u, almost every candidate loses without a logarithm.
        var key = noise.Key(position, PositionNoise.DrawStream);
        var winner = ids[0];
        var smallest = double.PositiveInfinity;
        for (var start = 0; start < ids.Length; start += Vector512<int>.Count)
        {
            var end = Math.Min(start + Vector512<int>.Count, ids.Length);
            if (end - start == Vector512<int>.Count && AllLose(key, ids[start..], probabilities[start..], smallest)) continue;
            for (var i = start; i < end; i++)
            {
                var uniform = PositionNoise.Uniform(key, ids[i]);
                if (1 - uniform >= smallest * probabilities[i]) continue;
                var time = -Math.Log(uniform) / probabilities[i];
                if (time < smallest) (smallest, winner) = (time, ids[i]);
            }
        }

        return winner;
    }

    private static bool AllLose(ulong key, ReadOnlySpan<int> ids, ReadOnlySpan<float> probabilities, double smallest)
    {
        var (low, high) = Vector512.Widen(Vector512.Create(ids).AsUInt32());
        var (lowProbabilities, highProbabilities) = Vector512.Widen(Vector512.Create(probabilities));
        var (one, time) = (Vector512<double>.One, Vector512.Create(smallest));
        return Vector512.GreaterThanOrEqualAll(one - PositionNoise.Uniform(key, low), time * lowProbabilities)
            && Vector512.GreaterThanOrEqualAll(one - PositionNoise.Uniform(key, high), time * highProbabilities);
    }
}
