namespace Decant.Decoding;

/// <summary>Trains <see cref="LookbackClassifier"/>s. Deterministic: the same examples give the same classifier.</summary>
public static class LookbackTrainer
{
    private const int MostSteps = 50;

    /// <summary>Fits a logistic regression: minimises the summed log-loss plus <paramref name="l2"/> / 2 times the squared weights, by Newton's method. The bias is free.</summary>
    /// <param name="layers">Layers of the model.</param>
    /// <param name="heads">Query heads of each.</param>
    /// <param name="examples">Stretches of both kinds, with layers × heads ratios each.</param>
    /// <param name="l2">Strength of the penalty; above 0. Ratios differ by hundredths, so that weights must be large and the penalty small. Default: 0.01.</param>
    /// <exception cref="ArgumentException">One kind is missing, or the number of ratios is wrong.</exception>
    public static LookbackClassifier Train(int layers, int heads, IReadOnlyList<LookbackExample> examples, double l2 = 0.01)
    {
        ArgumentNullException.ThrowIfNull(examples);
        if (!double.IsFinite(l2) || l2 <= 0) throw new ArgumentOutOfRangeException(nameof(l2), l2, "l2 must be above 0: without it separable examples have no best weights.");
        var width = layers * heads;
        if (!examples.Any(example => example.Faithful) || examples.All(example => example.Faithful)) throw new ArgumentException("Give examples of both kinds, faithful and not.", nameof(examples));
        if (examples.FirstOrDefault(example => example.Ratios.Length != width) is { } wrong) throw new ArgumentException($"An example has {wrong.Ratios.Length} ratios; {layers} layers of {heads} heads have {width}.", nameof(examples));

        // The bias stands last.
        var parameters = new double[width + 1];
        for (var step = 0; step < MostSteps; step++)
        {
            var change = NewtonStep(examples, parameters, l2);
            for (var i = 0; i <= width; i++) parameters[i] += change[i];
            if (change.Max(Math.Abs) < 1e-10) break;
        }

        return new LookbackClassifier(layers, heads, parameters[..width], parameters[width]);
    }

    /// <summary>
    /// How well a classifier tells examples apart: the probability that a faithful one scores above one that is not, ties counting half. 0.5 is guessing, 1 is perfect. (The
    /// area under the ROC curve.)
    /// </summary>
    public static double Auroc(LookbackClassifier classifier, IReadOnlyList<LookbackExample> examples)
    {
        ArgumentNullException.ThrowIfNull(classifier);
        ArgumentNullException.ThrowIfNull(examples);
        var scores = examples.ToLookup(example => example.Faithful, example => classifier.Probability(example.Ratios.Span));
        var wins = scores[true].Sum(faithful => scores[false].Sum(other => faithful > other ? 1 : faithful == other ? 0.5 : 0));
        return wins / ((double)scores[true].Count() * scores[false].Count());
    }

    private static double[] NewtonStep(IReadOnlyList<LookbackExample> examples, double[] parameters, double l2)
    {
        var n = parameters.Length;
        var gradient = new double[n];
        var hessian = new double[n, n];
        var x = new double[n];
        x[^1] = 1;
        foreach (var example in examples)
        {
            var logit = 0.0;
            for (var i = 0; i < n - 1; i++) x[i] = example.Ratios.Span[i];
            for (var i = 0; i < n; i++) logit += parameters[i] * x[i];
            var p = 1 / (1 + Math.Exp(-logit));
            // Kept above 0 so that examples beyond doubt do not make the system singular.
            var curvature = Math.Max(p * (1 - p), 1e-12);
            for (var i = 0; i < n; i++)
            {
                gradient[i] += ((example.Faithful ? 1 : 0) - p) * x[i];
                for (var j = 0; j <= i; j++) hessian[i, j] += curvature * x[i] * x[j];
            }
        }

        for (var i = 0; i < n - 1; i++)
        {
            gradient[i] -= l2 * parameters[i];
            hessian[i, i] += l2;
        }

        return Solve(hessian, gradient);
    }

    /// <summary>Solves a symmetric, positive definite system, given by its lower half, by Cholesky's decomposition. Overwrites both.</summary>
    private static double[] Solve(double[,] matrix, double[] right)
    {
        var n = right.Length;
        for (var i = 0; i < n; i++)
        {
            for (var j = 0; j <= i; j++)
            {
                var sum = matrix[i, j];
                for (var k = 0; k < j; k++) sum -= matrix[i, k] * matrix[j, k];
                matrix[i, j] = i == j ? Math.Sqrt(sum) : sum / matrix[j, j];
            }
        }

        for (var i = 0; i < n; i++)
        {
            for (var k = 0; k < i; k++) right[i] -= matrix[i, k] * right[k];
            right[i] /= matrix[i, i];
        }

        for (var i = n - 1; i >= 0; i--)
        {
            for (var k = i + 1; k < n; k++) right[i] -= matrix[k, i] * right[k];
            right[i] /= matrix[i, i];
        }

        return right;
    }
}
