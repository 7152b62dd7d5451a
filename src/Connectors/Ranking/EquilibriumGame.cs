namespace Decant.Connectors.Ranking;

/// <summary>
/// The game of [Jacob and others, 2023]: one side gives an answer for "correct" or "incorrect", the other says which of the two it was meant for, and both win where they agree. Each plays against the mean of the other's
/// moves so far, held back by what it believed at first.
/// </summary>
/// <remarks>Tables have a row for "correct" and one for "incorrect", and a column for each candidate.</remarks>
internal static class EquilibriumGame
{
    // What a model finds impossible is only very unlikely: a logarithm of 0 would decide everything.
    private const double Floor = 1e-10;

    /// <summary>Plays the game.</summary>
    /// <param name="correct">ln p of each candidate where a correct answer is asked for.</param>
    /// <param name="incorrect">The same where an incorrect one is; null where that was not asked.</param>
    /// <param name="judged">How likely each is correct; 0 … 1.</param>
    /// <param name="options">How fast, how stubborn, how long.</param>
    /// <returns>The rows for "correct": the generator's p(candidate | correct) and the discriminator's p(correct | candidate), each at first and in the end.</returns>
    public static (double[] FirstGenerator, double[] FirstDiscriminator, double[] Generator, double[] Discriminator) Solve(
        IReadOnlyList<double> correct, IReadOnlyList<double>? incorrect, IReadOnlyList<double> judged, EquilibriumOptions options)
    {
        // Both sides' beliefs: normalised over the other's variable, then over their own.
        double[] meant = incorrect is null ? AmongCandidates(correct) : [.. correct.Zip(incorrect, Share)];
        double[] believed = [.. judged.Select(Bounded)];
        var firstGenerator = OverCandidates([meant, Complement(meant)]);
        var firstDiscriminator = OverVerdicts(OverCandidates([believed, Complement(believed)]));

        var (generator, discriminator) = (firstGenerator, firstDiscriminator);
        var (generatorSum, discriminatorSum) = (Zeros(meant.Length), Zeros(meant.Length));
        for (var round = 1; round <= options.Iterations; round++)
        {
            Add(generator, generatorSum);
            Add(discriminator, discriminatorSum);
            generator = OverCandidates(Reply(firstGenerator, discriminatorSum, round, options));
            discriminator = OverVerdicts(Reply(firstDiscriminator, generatorSum, round, options));
        }

        return (firstGenerator[0], firstDiscriminator[0], generator[0], discriminator[0]);
    }

    // π ∝ exp((Q + λ ln π₁) / (1 / (η t) + λ)), where Q is half the mean of the other side's moves.
    private static double[][] Reply(double[][] first, double[][] sum, int round, EquilibriumOptions options)
    {
        var inertia = (1 / (options.Eta * round)) + options.Lambda;
        return [.. first.Select((row, verdict) => row.Select((belief, candidate) => Math.Exp(((sum[verdict][candidate] / (2 * round)) + (options.Lambda * Math.Log(belief))) / inertia)).ToArray())];
    }

    private static double[][] OverCandidates(double[][] table) => Array.ConvertAll(table, row =>
    {
        var sum = row.Sum();
        return Array.ConvertAll(row, entry => entry / sum);
    });

    private static double[][] OverVerdicts(double[][] table) => Array.ConvertAll(table, row => row.Select((entry, candidate) => entry / (table[0][candidate] + table[1][candidate])).ToArray());

    // p(correct | candidate) where the wrong answer is any of the other candidates, as likely as that one is not the right one.
    private static double[] AmongCandidates(IReadOnlyList<double> correct)
    {
        var maximum = Math.Max(correct.Max(), double.MinValue);
        double[] right = [.. correct.Select(likelihood => Math.Exp(Math.Max(likelihood, double.MinValue) - maximum))];
        var sum = right.Sum();
        return [.. right.Select(each => each / sum).Select(share => Bounded(share / (share + ((1 - share) / Math.Max(1, right.Length - 1)))))];
    }

    private static double Share(double correct, double incorrect) => correct == incorrect ? 0.5 : Bounded(1 / (1 + Math.Exp(incorrect - correct)));

    private static double Bounded(double probability) => Math.Clamp(probability, Floor, 1 - Floor);

    private static double[] Complement(double[] row) => Array.ConvertAll(row, entry => 1 - entry);

    private static double[][] Zeros(int candidates) => [new double[candidates], new double[candidates]];

    private static void Add(double[][] table, double[][] sum)
    {
        for (var verdict = 0; verdict < table.Length; verdict++)
        {
            for (var candidate = 0; candidate < table[verdict].Length; candidate++) sum[verdict][candidate] += table[verdict][candidate];
        }
    }
}
