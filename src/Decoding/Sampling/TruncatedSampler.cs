using System.Numerics;
using System.Numerics.Tensors;

namespace Decant.Decoding;

/// <summary>The sampler of <see cref="SamplingOptions"/>. Has no state.</summary>
internal sealed class TruncatedSampler : ISampler
{
    private readonly float _temperature;
    private readonly bool _greedy;
    private readonly int _topK;
    private readonly float _topP;
    private readonly float _minP;

    public TruncatedSampler(SamplingOptions options)
    {
        _temperature = options.Temperature ?? 1;
        _greedy = options.IsGreedy;
        _topK = options.TopK ?? int.MaxValue;
        _topP = options.TopP ?? 1;
        _minP = options.MinP ?? 0;
    }

    public void Fill(ReadOnlySpan<float> logits, GenerationState state, TokenDistribution destination)
    {
        var best = TensorPrimitives.IndexOfMax(logits);
        if (_greedy) destination.SetSingle(best);
        else if (_topK < logits.Length) TopK(logits, logits[best], destination);
        else if (_topP < 1 || _minP > 0) TopP(logits, logits[best], destination);
        else Whole(logits, logits[best], destination);
    }

    private void Whole(ReadOnlySpan<float> logits, float maximum, TokenDistribution destination)
    {
        var probabilities = destination.ProbabilitiesBuffer(logits.Length);
        Weigh(logits, maximum, probabilities);
        TensorPrimitives.Multiply(probabilities, (float)(1 / Sum(probabilities)), probabilities);
        destination.SetWhole(logits.Length);
    }

    private void TopK(ReadOnlySpan<float> logits, float maximum, TokenDistribution destination)
    {
        var candidates = destination.CandidatesBuffer(Candidate.LargestBufferLength(_topK));
        var count = Candidate.Largest(logits, _topK, candidates);
        Truncate(candidates[..count], maximum, null, destination);
    }

    private void TopP(ReadOnlySpan<float> logits, float maximum, TokenDistribution destination)
    {
        var weights = destination.ProbabilitiesBuffer(logits.Length);
        Weigh(logits, maximum, weights);
        var total = Sum(weights);
        var candidates = destination.CandidatesBuffer(logits.Length);

        // Whatever weighs at least the cutoff comes first in the order, so once that much has the mass asked for, the rest
        // need not be sorted. The cutoff shrinks to 0 if it must.
        var cutoff = _topP < 1 ? 1f : _minP;
        int count;
        double mass;
        do
        {
            cutoff = Math.Max(cutoff / 16, _minP);
            (count, mass) = Candidate.AtLeast(logits, weights, cutoff, candidates);
        }
        while (mass < _topP * total && cutoff > _minP);

        candidates[..count].Sort();
        Truncate(candidates[..count], maximum, total, destination);
    }

    /// <summary>Applies top-p and min-p to sorted candidates.</summary>
    /// <param name="candidates">A prefix of the order that holds everything top-p and min-p keep.</param>
    /// <param name="maximum">The row's largest logit.</param>
    /// <param name="total">The weight that top-p is a fraction of, or null for that of the candidates.</param>
    /// <param name="destination">Receives the distribution.</param>
    private void Truncate(ReadOnlySpan<ulong> candidates, float maximum, double? total, TokenDistribution destination)
    {
        var weights = destination.ProbabilitiesBuffer(candidates.Length);
        for (var i = 0; i < weights.Length; i++) weights[i] = Candidate.Logit(candidates[i]);
        Weigh(weights, maximum, weights);

        var needed = _topP < 1 ? _topP * (total ?? Sum(weights)) : double.PositiveInfinity;
        var kept = 0.0;
        var count = 0;
        while (count < weights.Length && kept < needed && weights[count] > 0 && weights[count] >= _minP) kept += weights[count++];

        for (var i = 0; i < count; i++) weights[i] = (float)(weights[i] / kept);
        destination.SetCandidates(candidates[..count]);
    }

    /// <summary>Probabilities relative to the likeliest token's, whose weight is exactly 1.</summary>
    private void Weigh(ReadOnlySpan<float> logits, float maximum, Span<float> weights)
    {
        TensorPrimitives.Subtract(logits, maximum, weights);
        TensorPrimitives.Divide(weights, _temperature, weights);
        TensorPrimitives.Exp(weights, weights);
    }

    private static double Sum(ReadOnlySpan<float> values)
    {
        var sums = Vector<double>.Zero;
        for (; values.Length >= Vector<float>.Count; values = values[Vector<float>.Count..])
        {
            Vector.Widen(new Vector<float>(values), out var low, out var high);
            sums += low + high;
        }

        var sum = Vector.Sum(sums);
        foreach (var value in values) sum += value;
        return sum;
    }
}
