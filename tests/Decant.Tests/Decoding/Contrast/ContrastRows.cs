namespace Decant.Tests.Decoding.Contrast;

/// <summary>One row of a contrast, without a model.</summary>
internal static class ContrastRows
{
    /// <summary>The cards' vectors: a row, and one that contradicts it.</summary>
    public static readonly float[] E = [2, 1, 0, -1];

    /// <inheritdoc cref="E"/>
    public static readonly float[] A = [0, 2, 1, -1];

    /// <summary>A row between them.</summary>
    public static readonly float[] M = [1.5f, 1.2f, 0.3f, -1];

    public static PlanContext Context(int layers = 2, DecodingServices? services = null, params double[] documentScores) => new()
    {
        Model = new ModelInfo("fixed", 4, 1, layers, 1, 100, ModelCapabilities.EarlyExit),
        Services = services ?? new DecodingServices(),
        DocumentScores = documentScores,
    };

    /// <summary>The logits after contrast and plausibility, the distribution drawn from, and the report.</summary>
    public static (float[] Logits, double[] Probabilities, RowReport Report) Of(ContrastOptions options, PlanContext context, params BranchRow[] rows)
    {
        var plan = DecodingPlan.Compile(new DecodingOptions { Contrast = options }, context);
        var distribution = new TokenDistribution();
        var logits = plan.Target.Row(new BranchRows(rows), plan.CreateState([0]), distribution).ToArray();
        return (logits, [.. Enumerable.Range(0, logits.Length).Select(id => (double)distribution.ProbabilityOf(id))], distribution.Report);
    }

    /// <inheritdoc cref="Of(ContrastOptions, PlanContext, BranchRow[])"/>
    public static (float[] Logits, double[] Probabilities, RowReport Report) Of(ContrastOptions options, params float[][] rows) => Of(options, Context(), [.. rows.Select(Row)]);

    public static BranchRow Row(float[] logits) => new(new FixedResult(logits), 0);

    public static BranchRow Row(float[] logits, params float[][] layers) => new(new FixedResult(logits, layers), 0);

    public static double[] Softmax(IEnumerable<float> logits)
    {
        var weights = logits.Select(logit => Math.Exp(logit)).ToList();
        return [.. weights.Select(weight => weight / weights.Sum())];
    }

    /// <summary>Compares to four decimals.</summary>
    public static void AssertNear(IEnumerable<double> expected, IEnumerable<double> actual)
    {
        Assert.Equal(expected.Count(), actual.Count());
        Assert.All(expected.Zip(actual), pair => Assert.True(pair.First == pair.Second || Math.Abs(pair.First - pair.Second) < 5.1e-5, $"expected {string.Join(", ", expected)}, got {string.Join(", ", actual)}"));
    }

    /// <inheritdoc cref="AssertNear(IEnumerable{double}, IEnumerable{double})"/>
    public static void AssertNear(IEnumerable<double> expected, IEnumerable<float> actual) => AssertNear(expected, actual.Select(value => (double)value));
}
