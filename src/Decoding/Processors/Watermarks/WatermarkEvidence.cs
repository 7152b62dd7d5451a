namespace Decant.Decoding;

/// <summary>How much speaks for a watermark in a text.</summary>
/// <param name="Scored">Tokens that were counted.</param>
/// <param name="Score">What was measured: the fraction of green tokens, or the weighted mean of g; a text without the watermark has <paramref name="Expected"/> on average.</param>
/// <param name="Expected">The score to expect without the watermark.</param>
/// <param name="Z">How many standard deviations the score lies above what is expected; 0 where nothing was counted.</param>
public readonly record struct WatermarkEvidence(int Scored, double Score, double Expected, double Z)
{
    /// <summary>The probability of a score at least this high in a text without the watermark, by the normal approximation.</summary>
    public double PValue => Z < 0 ? 1 - (Complement(-Z / Math.Sqrt(2)) / 2) : Complement(Z / Math.Sqrt(2)) / 2;

    /// <summary>Whether <see cref="Z"/> is above a threshold. 4, the default, is passed by about one unmarked text in 30,000.</summary>
    public bool IsWatermarked(double threshold = 4) => Z > threshold;

    // The complementary error function of a number of at least 0: a Chebyshev fit with a relative error below 1.2e-7 (Press et al., Numerical Recipes, section 6.2).
    private static double Complement(double x)
    {
        ReadOnlySpan<double> coefficients = [0.17087277, -0.82215223, 1.48851587, -1.13520398, 0.27886807, -0.18628806, 0.09678418, 0.37409196, 1.00002368, -1.26551223];
        var t = 1 / (1 + (x / 2));
        var sum = 0.0;
        foreach (var coefficient in coefficients) sum = (sum * t) + coefficient;
        return t * Math.Exp(sum - (x * x));
    }
}
