namespace Decant.Decoding;

/// <summary>
/// Weights over the vocabulary in double precision, where verifiers compute what is left of a distribution: their sums are then exact enough that
/// rounding of single-precision rows does not distort what is drawn.
/// </summary>
/// <remarks>Only tokens of the distributions that were loaded take part. Reused; no allocation once it has grown.</remarks>
public sealed class ResidualRow
{
    private double[] _weights = [];
    private bool[] _listed = [];
    private double[] _drawn = [];
    private int[] _ids = [];
    private int _count;

    /// <summary>The tokens that take part.</summary>
    public ReadOnlySpan<int> Ids => _ids.AsSpan(0, _count);

    /// <summary>The weight of a token; 0 for one that takes no part.</summary>
    public double this[int token] => token < _weights.Length ? _weights[token] : 0;

    /// <summary>Sum of all weights.</summary>
    public double Sum
    {
        get
        {
            var sum = 0.0;
            foreach (var id in Ids) sum += _weights[id];
            return sum;
        }
    }

    /// <summary>A distribution's probabilities add up to 1 only up to single precision; this is what they do add up to.</summary>
    public static double Total(TokenDistribution distribution)
    {
        var sum = 0.0;
        foreach (var probability in distribution.Probabilities) sum += probability;
        return sum;
    }

    /// <summary>Removes every token.</summary>
    public void Clear()
    {
        foreach (var id in Ids) (_weights[id], _listed[id]) = (0, false);
        _count = 0;
    }

    /// <summary>Replaces everything by a distribution, made to add up to 1 in double precision.</summary>
    public void Load(TokenDistribution distribution)
    {
        Clear();
        Add(distribution, 1);
    }

    /// <summary>Adds a multiple of a distribution, which may be negative: weights may be too, until <see cref="Clip"/>.</summary>
    public void Add(TokenDistribution distribution, double factor)
    {
        var ids = distribution.Ids;
        var probabilities = distribution.Probabilities;
        var scale = factor / Total(distribution);
        for (var i = 0; i < ids.Length; i++)
        {
            if (probabilities[i] > 0) this.Add(ids[i], scale * probabilities[i]);
        }
    }

    /// <summary>Adds a multiple of other weights, which may be negative as above.</summary>
    public void Add(ResidualRow other, double factor)
    {
        foreach (var id in other.Ids) this.Add(id, factor * other._weights[id]);
    }

    /// <summary>Adds to a token's weight.</summary>
    public void Add(int token, double weight)
    {
        if (token >= _weights.Length) Grow(token + 1);
        if (!_listed[token])
        {
            if (_count == _ids.Length) Array.Resize(ref _ids, Math.Max(64, 2 * _count));
            (_listed[token], _ids[_count++]) = (true, token);
        }

        _weights[token] += weight;
    }

    /// <summary>Multiplies every weight.</summary>
    public void Scale(double factor)
    {
        foreach (var id in Ids) _weights[id] *= factor;
    }

    /// <summary>Sets a token's weight.</summary>
    public void Set(int token, double weight) => Add(token, weight - this[token]);

    /// <summary>Sets negative weights to 0 and returns the sum of the others.</summary>
    public double Clip()
    {
        var sum = 0.0;
        foreach (var id in Ids)
        {
            if (_weights[id] < 0) _weights[id] = 0;
            sum += _weights[id];
        }

        return sum;
    }

    /// <summary>Draws a token with probability proportional to its weight; none may be negative, one must be positive.</summary>
    public int Draw(RoundNoise noise)
    {
        if (_drawn.Length < _count) _drawn = new double[_ids.Length];
        for (var i = 0; i < _count; i++) _drawn[i] = _weights[_ids[i]];
        return _ids[noise.Draw(_drawn.AsSpan(0, _count))];
    }

    private void Grow(int length)
    {
        Array.Resize(ref _weights, Math.Max(length, 2 * _weights.Length));
        Array.Resize(ref _listed, _weights.Length);
    }
}
