namespace Decant.Decoding;

/// <summary>What drafting and verifying cost, all in one unit. Immutable. Register one in <see cref="DecodingServices"/> to name it in <see cref="GoodputLengthOptions.Costs"/>.</summary>
public sealed class DraftCosts
{
    private readonly double[] _target;

    /// <summary>Creates a cost model.</summary>
    /// <param name="draft">The time to draft one token; 0 for drafters that run no model.</param>
    /// <param name="target">The time of the target's forward over 1, 2 … rows; the last two entries say how it goes on.</param>
    /// <exception cref="ArgumentException">A time is negative or not finite, or the first of the target's is 0.</exception>
    public DraftCosts(double draft, IReadOnlyList<double> target)
    {
        ArgumentNullException.ThrowIfNull(target);
        if (target.Count == 0 || target[0] <= 0 || !target.All(time => double.IsFinite(time) && time >= 0)) throw new ArgumentException("Give at least the time of one row, above 0, and none that is negative.", nameof(target));
        if (!double.IsFinite(draft) || draft < 0) throw new ArgumentOutOfRangeException(nameof(draft), draft, "The time to draft a token is at least 0.");
        (Draft, _target) = (draft, [.. target]);
    }

    /// <summary>The time to draft one token.</summary>
    public double Draft { get; }

    /// <summary>The time of the target's forward.</summary>
    /// <param name="rows">Its rows, at least 1.</param>
    public double Target(int rows)
    {
        if (rows <= _target.Length) return _target[rows - 1];
        var step = _target.Length == 1 ? 0 : Math.Max(0, _target[^1] - _target[^2]);
        return _target[^1] + step * (rows - _target.Length);
    }

    /// <summary>
    /// The number of drafted tokens with the most expected tokens per time where b calls share every forward and all draft as many: (1 − α^(k+1)) / (1 − α) of them for each call
    /// in k · draft(b) + target(b · (k + 1)), a draft of b tokens taken to cost as much more than one as the target's forward of b rows does.
    /// </summary>
    /// <param name="acceptance">α, the probability that a drafted token is accepted; 0 … 1.</param>
    /// <param name="most">Most tokens to draft.</param>
    /// <param name="batch">b, at least 1.</param>
    /// <returns>0 … <paramref name="most"/>; the fewer of equals.</returns>
    public int Best(double acceptance, int most, int batch = 1)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(batch, 1);
        var draft = Draft * Target(batch) / Target(1);
        var (best, rate, tokens, all) = (0, 1 / Target(batch), 1.0, 1.0);
        for (var k = 1; k <= most; k++)
        {
            all *= acceptance;
            tokens += all;
            if (tokens / (k * draft + Target(batch * (k + 1))) is var next && next > rate) (best, rate) = (k, next);
        }

        return best;
    }
}
