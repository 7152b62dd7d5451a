using System.Numerics.Tensors;

namespace Decant.Decoding;

/// <summary>The sampler of <see cref="SamplingOptions"/>. Has no state.</summary>
/// <remarks>Every truncation keeps a run of the tokens in order of likelihood, so what is left is always a range of one sorted list.</remarks>
internal sealed class TruncatedSampler : ISampler
{
    private readonly float _temperature;
    private readonly bool _greedy;
    private readonly bool _cuts;
    private readonly int _topK;
    private readonly float _topP;
    private readonly float _minP;
    private readonly float _typicalP;
    private readonly float _eta;
    private readonly float? _topNSigma;
    private readonly float _xtcProbability;
    private readonly float _xtcThreshold;
    private readonly IReadOnlySet<int> _neverDropped;

    public TruncatedSampler(SamplingOptions options, HashSet<int> neverDropped)
    {
        _temperature = options.Temperature ?? 1;
        _greedy = options.IsGreedy;
        _topK = options.TopK ?? int.MaxValue;
        _topP = options.TopP ?? 1;
        _minP = options.MinP ?? 0;
        _typicalP = options.TypicalP ?? 1;
        _eta = options.Eta ?? 0;
        _topNSigma = options.TopNSigma;
        _xtcProbability = options.XtcProbability ?? 0;
        _xtcThreshold = options.XtcThreshold ?? 0.1f;
        _cuts = _topP < 1 || _minP > 0 || _typicalP < 1 || _eta > 0 || _topNSigma is not null || _xtcProbability > 0;
        _neverDropped = neverDropped;
    }

    public bool IsGreedy => _greedy;

    public float Temperature => _greedy ? 1 : _temperature;

    public void Fill(ReadOnlySpan<float> logits, GenerationState state, TokenDistribution destination)
        => Fill(logits, destination, _xtcProbability > 0 && state.Noise.Uniform(state.Position, PositionNoise.ExcludeStream, 0) < _xtcProbability);

    /// <param name="logits">The row.</param>
    /// <param name="destination">Receives the distribution; its best token is known.</param>
    /// <param name="excludes">Whether top choices are excluded this time.</param>
    public void Fill(ReadOnlySpan<float> logits, TokenDistribution destination, bool excludes)
    {
        if (_greedy) destination.SetSingle(destination.Best);
        else if (_topK < logits.Length) TopK(logits, destination, excludes);
        else if (_cuts) Cut(logits, destination, excludes);
        else Whole(logits, destination);
    }

    private void Whole(ReadOnlySpan<float> logits, TokenDistribution destination)
    {
        var probabilities = destination.ProbabilitiesBuffer(logits.Length);
        var total = RowWeights.Fill(logits, logits[destination.Best], _temperature, probabilities);
        TensorPrimitives.Multiply(probabilities, (float)(1 / total), probabilities);
        destination.SetWhole(logits.Length);
        destination.KeptMass = 1;
    }

    private void TopK(ReadOnlySpan<float> logits, TokenDistribution destination, bool excludes)
    {
        var maximum = logits[destination.Best];
        var candidates = destination.CandidatesBuffer(Candidate.LargestBufferLength(_topK));
        candidates = candidates[..Candidate.Largest(logits, _topK, candidates)];
        candidates = candidates[..Candidate.CountAtLeast(candidates, LeastLogit(logits, maximum))];
        Truncate(new SortedCandidates(candidates, maximum, _temperature, destination), null, null, excludes);
    }

    private void Cut(ReadOnlySpan<float> logits, TokenDistribution destination, bool excludes)
    {
        var maximum = logits[destination.Best];
        var weights = destination.ProbabilitiesBuffer(logits.Length);
        var total = RowWeights.Fill(logits, maximum, _temperature, weights);
        var buffer = destination.CandidatesBuffer(logits.Length);
        var leastLogit = LeastLogit(logits, maximum);

        // Whatever weighs at least the cutoff comes first in the order, so once that much has the mass top-p asks for, the rest need not be sorted. The cutoff shrinks to the floor if it must.
        // What comes before top-p changes the mass that it takes a fraction of, so then all of that is needed.
        var isFirst = _typicalP == 1 && _topNSigma is null;
        var floor = isFirst ? _minP : MathF.Exp((leastLogit - maximum) / _temperature) * 0.999f;
        var wanted = isFirst && _topP < 1 ? _topP * total : double.PositiveInfinity;
        var cutoff = double.IsFinite(wanted) ? 1f : floor;
        int count;
        double mass;
        do
        {
            cutoff = Math.Max(cutoff / 256, floor);
            (count, mass) = Candidate.AtLeast(logits, weights, cutoff, buffer);
        }
        while (mass < wanted && cutoff > floor);

        var candidates = buffer[..count];
        candidates.Sort();
        candidates = candidates[..Candidate.CountAtLeast(candidates, leastLogit)];
        Truncate(new SortedCandidates(candidates, maximum, _temperature, destination), isFirst ? total : null, total, excludes);
    }

    /// <param name="candidates">A beginning of the order that holds everything the other truncations keep.</param>
    /// <param name="reference">The weight that top-p is a fraction of, or null for that of the candidates it sees.</param>
    /// <param name="total">The whole row's weight where it is known.</param>
    /// <param name="excludes">Whether top choices are excluded.</param>
    private void Truncate(SortedCandidates candidates, double? reference, double? total, bool excludes)
    {
        if (_typicalP < 1) candidates.Typical(_typicalP);
        if (_topP < 1) candidates.TopP(_topP, reference);
        if (_minP > 0) candidates.MinP(_minP);
        if (_eta > 0) candidates.Eta(_eta);
        if (excludes) candidates.ExcludeTopChoices(_xtcThreshold, _neverDropped);
        candidates.Set(total);
    }

    private float LeastLogit(ReadOnlySpan<float> logits, float maximum)
        => _topNSigma is { } n ? (float)(maximum - (n * Candidate.FiniteDeviation(logits, maximum))) : float.MinValue;
}
