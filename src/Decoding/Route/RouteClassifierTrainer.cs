namespace Decant.Decoding;

/// <summary>Trains <see cref="RouteClassifier"/>s. Deterministic: the same examples give the same classifier.</summary>
public static class RouteClassifierTrainer
{
    private const double Tolerance = 1e-3;

    /// <summary>
    /// Fits a support vector machine by sequential minimal optimisation, always on the pair that violates the optimum most (Keerthi et al. 2001). A mistake costs the rarer kind
    /// of example more, so that both kinds count the same together. γ is 1 / (numbers · their variance).
    /// </summary>
    /// <param name="examples">Examples of both kinds, such as <see cref="RouteCounter.Examples"/> was told. The work grows with their square: a few thousand at most.</param>
    /// <param name="penalty">What a mistake costs, before the kinds are balanced; above 0. Default: 1.</param>
    /// <exception cref="ArgumentException">One kind is missing, or an example has another number of probabilities than <see cref="CollaborationOptions.Features"/>.</exception>
    public static RouteClassifier Train(IReadOnlyList<RouteExample> examples, double penalty = 1)
    {
        ArgumentNullException.ThrowIfNull(examples);
        if (!double.IsFinite(penalty) || penalty <= 0) throw new ArgumentOutOfRangeException(nameof(penalty), penalty, "penalty must be above 0.");
        if (!examples.Any(example => example.Differs) || examples.All(example => example.Differs)) throw new ArgumentException("Give examples of both kinds, where the models differ and where they agree.", nameof(examples));
        if (examples.FirstOrDefault(example => example.Top.Count != CollaborationOptions.Features) is { } wrong) throw new ArgumentException($"An example has {wrong.Top.Count} probabilities, not {CollaborationOptions.Features}.", nameof(examples));

        var gamma = Gamma(examples);
        var kernel = Kernel(examples, gamma);
        double[] y = [.. examples.Select(example => example.Differs ? 1.0 : -1.0)];
        double[] most = [.. y.Select(kind => penalty * y.Length / (2.0 * y.Count(other => other == kind)))];
        var (alpha, bias) = Optimise(kernel, y, most);
        int[] support = [.. Enumerable.Range(0, y.Length).Where(i => alpha[i] > 1e-12)];
        return new RouteClassifier([.. support.Select(i => examples[i].Top)], [.. support.Select(i => alpha[i] * y[i])], bias, gamma);
    }

    // Minimises ½ αᵀQα − Σα under Σ αy = 0 and 0 ≤ α ≤ most, with Q_ij = y_i y_j K_ij.
    private static (double[] Alpha, double Bias) Optimise(double[,] kernel, double[] y, double[] most)
    {
        var n = y.Length;
        var alpha = new double[n];
        var gradient = new double[n];
        Array.Fill(gradient, -1);
        for (var step = 0; ; step++)
        {
            var (up, down) = (-1, -1);
            for (var i = 0; i < n; i++)
            {
                if ((y[i] > 0 ? alpha[i] < most[i] : alpha[i] > 0) && (up < 0 || -y[i] * gradient[i] > -y[up] * gradient[up])) up = i;
                if ((y[i] > 0 ? alpha[i] > 0 : alpha[i] < most[i]) && (down < 0 || -y[i] * gradient[i] < -y[down] * gradient[down])) down = i;
            }

            var (high, low) = (-y[up] * gradient[up], -y[down] * gradient[down]);
            if (high - low < Tolerance || step >= 1000 * n) return (alpha, (high + low) / 2);

            // α_up moves by y_up · t and α_down by −y_down · t: the sum Σ αy stays.
            var curvature = Math.Max(kernel[up, up] + kernel[down, down] - 2 * kernel[up, down], 1e-12);
            var t = (high - low) / curvature;
            t = Math.Min(t, y[up] > 0 ? most[up] - alpha[up] : alpha[up]);
            t = Math.Min(t, y[down] > 0 ? alpha[down] : most[down] - alpha[down]);
            alpha[up] = Snap(alpha[up] + y[up] * t, most[up]);
            alpha[down] = Snap(alpha[down] - y[down] * t, most[down]);
            for (var i = 0; i < n; i++) gradient[i] += y[i] * t * (kernel[i, up] - kernel[i, down]);
        }
    }

    // Rounding must not leave a weight just short of its bound: its pair would be taken again and again.
    private static double Snap(double alpha, double most) => alpha < 1e-12 * most ? 0 : alpha > (1 - 1e-12) * most ? most : alpha;

    private static double Gamma(IReadOnlyList<RouteExample> examples)
    {
        double[] all = [.. examples.SelectMany(example => example.Top)];
        var mean = all.Average();
        var variance = all.Average(number => (number - mean) * (number - mean));
        return 1 / (CollaborationOptions.Features * Math.Max(variance, 1e-12));
    }

    private static double[,] Kernel(IReadOnlyList<RouteExample> examples, double gamma)
    {
        var kernel = new double[examples.Count, examples.Count];
        for (var i = 0; i < examples.Count; i++)
        {
            for (var j = 0; j <= i; j++) kernel[i, j] = kernel[j, i] = RouteClassifier.Kernel(examples[i].Top.Span, examples[j].Top.Span, gamma);
        }

        return kernel;
    }
}
