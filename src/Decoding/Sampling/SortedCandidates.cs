namespace Decant.Decoding;

/// <summary>Candidates in order of likelihood, of which truncations leave a range that is never empty.</summary>
internal ref struct SortedCandidates
{
    private readonly ReadOnlySpan<ulong> _candidates;
    private readonly Span<float> _weights;
    private readonly float _maximum;
    private readonly float _temperature;
    private readonly TokenDistribution _destination;
    private int _first;
    private int _end;

    /// <param name="candidates">Sorted; at least one.</param>
    /// <param name="maximum">The row's largest logit.</param>
    /// <param name="temperature">Above 0.</param>
    /// <param name="destination">Lends the memory and receives the outcome.</param>
    public SortedCandidates(ReadOnlySpan<ulong> candidates, float maximum, float temperature, TokenDistribution destination)
    {
        _candidates = candidates;
        (_maximum, _temperature, _destination) = (maximum, temperature, destination);
        _weights = destination.ProbabilitiesBuffer(candidates.Length);
        for (var i = 0; i < _weights.Length; i++) _weights[i] = Candidate.Logit(candidates[i]);
        RowWeights.Fill(_weights, maximum, temperature, _weights);
        _end = candidates.Length;
        while (_end > 1 && _weights[_end - 1] == 0) _end--;
    }

    /// <summary>Keeps the most typical tokens with a probability of at least <paramref name="mass"/> together; of two equally typical ones the likelier.</summary>
    public void Typical(float mass)
    {
        var total = Sum();
        var entropy = Entropy(total);

        // Surprise grows along the order, so the most typical tokens are neighbours around the place where it passes the entropy.
        var end = _first;
        while (end < _end && Surprise(end, total) < entropy) end++;
        var first = end;
        var (needed, kept) = (mass * total, 0.0);
        do
        {
            var takesLeft = first > _first && (end == _end || entropy - Surprise(first - 1, total) <= Surprise(end, total) - entropy);
            kept += takesLeft ? _weights[--first] : _weights[end++];
        }
        while (kept < needed && (first > _first || end < _end));

        (_first, _end) = (first, end);
    }

    /// <summary>Keeps the shortest run whose weight is at least <paramref name="mass"/> of <paramref name="reference"/>, or of all that is left.</summary>
    public void TopP(float mass, double? reference)
    {
        var needed = mass * (reference ?? Sum());
        var kept = 0.0;
        var end = _first;
        while (end < _end && kept < needed) kept += _weights[end++];
        _end = end;
    }

    /// <summary>Keeps what is at least <paramref name="fraction"/> as likely as the likeliest.</summary>
    public void MinP(float fraction) => KeepAtLeast(fraction * _weights[_first]);

    /// <summary>Keeps what is at least min(ε, √ε · e^−entropy) likely.</summary>
    public void Eta(float epsilon)
    {
        var total = Sum();
        KeepAtLeast(Math.Min(epsilon, Math.Sqrt(epsilon) * Math.Exp(-Entropy(total))) * total);
    }

    /// <summary>Drops all but the least likely of the tokens of at least probability <paramref name="threshold"/>, unless <paramref name="neverDropped"/> has one of them.</summary>
    public void ExcludeTopChoices(float threshold, IReadOnlySet<int> neverDropped)
    {
        var least = threshold * Sum();
        var first = _first;
        while (first + 1 < _end && _weights[first + 1] >= least)
        {
            if (neverDropped.Contains(Candidate.Id(_candidates[first++]))) return;
        }

        _first = first;
    }

    /// <summary>Makes what is left the distribution.</summary>
    /// <param name="total">The whole row's weight where it is known.</param>
    public readonly void Set(double? total) => RowWeights.Set(_candidates[_first.._end], _maximum, _temperature, total, _destination);

    private void KeepAtLeast(double weight)
    {
        var end = _first + 1;
        while (end < _end && _weights[end] >= weight) end++;
        _end = end;
    }

    private readonly double Sum()
    {
        var sum = 0.0;
        foreach (var weight in _weights[_first.._end]) sum += weight;
        return sum;
    }

    private readonly double Entropy(double total)
    {
        var entropy = 0.0;
        for (var i = _first; i < _end; i++) entropy += _weights[i] / total * Surprise(i, total);
        return entropy;
    }

    // In nats.
    private readonly double Surprise(int index, double total) => Math.Log(total) + (((double)_maximum - Candidate.Logit(_candidates[index])) / _temperature);
}
