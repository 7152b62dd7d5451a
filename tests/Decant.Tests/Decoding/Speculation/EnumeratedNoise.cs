namespace Decant.Tests.Decoding.Speculation;

/// <summary>
/// Chance as a tree of choices, walked from leaf to leaf: a program that is run until <see cref="Next"/> says no has met every way that chance can turn out, each with its
/// probability.
/// </summary>
internal sealed class EnumeratedNoise : RoundNoise
{
    private readonly List<(double[] Weights, int Taken)> _choices = [];
    private int _depth;

    /// <summary>The probability of the choices so far.</summary>
    public double Probability { get; private set; } = 1;

    /// <summary>Turns to the next way, if there is one.</summary>
    public bool Next()
    {
        (_depth, Probability) = (0, 1);
        while (_choices.Count > 0)
        {
            var (weights, taken) = _choices[^1];
            var next = Array.FindIndex(weights, taken + 1, weight => weight > 0);
            if (next >= 0)
            {
                _choices[^1] = (weights, next);
                return true;
            }

            _choices.RemoveAt(_choices.Count - 1);
        }

        return false;
    }

    public override int Draw(ReadOnlySpan<double> weights)
    {
        if (_depth == _choices.Count) _choices.Add((weights.ToArray(), Array.FindIndex(weights.ToArray(), weight => weight > 0)));
        var (known, taken) = _choices[_depth++];
        Assert.True(known.AsSpan().SequenceEqual(weights), $"The program does not repeat itself: {string.Join(' ', known)} became {string.Join(' ', weights.ToArray())}.");
        Probability *= known[taken] / known.Sum();
        return taken;
    }

    public override int Draw(TokenDistribution distribution)
        => distribution.Ids[Draw(distribution.Probabilities.ToArray().Select(probability => (double)probability).ToArray())];

    public override int DrawTarget(TokenDistribution target, int position) => Draw(target);

    public override int DrawShared(TokenDistribution proposal, int position) => Draw(proposal);

    public override bool Accept(double probability) => Draw([Math.Clamp(probability, 0, 1), 1 - Math.Clamp(probability, 0, 1)]) == 0;

    public override double Uniform() => throw new NotSupportedException("A uniform number has too many values to enumerate: test what uses it by sampling.");
}
