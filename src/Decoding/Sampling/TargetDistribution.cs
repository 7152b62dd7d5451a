using System.Numerics;
using System.Numerics.Tensors;

namespace Decant.Decoding;

/// <summary>
/// The only place where logits become a distribution. Plain decoding, verification of drafts and search all call
/// <see cref="Row"/>, so they agree by construction.
/// </summary>
/// <remarks>Immutable and safe for concurrent use; per-request state is in <see cref="GenerationState"/>, buffers are in <see cref="TokenDistribution"/>.</remarks>
public sealed class TargetDistribution
{
    private readonly SamplingOptions _options;
    private readonly bool _greedy;
    private readonly int _topK;
    private readonly float _topP;
    private readonly float _minP;

    /// <summary>Compiles the options.</summary>
    /// <exception cref="ArgumentOutOfRangeException">A member of <paramref name="options"/> is out of range; the exception names it.</exception>
    public TargetDistribution(SamplingOptions options)
    {
        ArgumentNullException.ThrowIfNull(options);
        options.Validate();
        _options = options;
        _greedy = options is { Temperature: 0 } or { TopK: 1 };
        _topK = options.TopK ?? int.MaxValue;
        _topP = options.TopP ?? 1;
        _minP = options.MinP ?? 0;
    }

    /// <summary>The state before the first generated token, with the processors and the noise (a fresh seed if none is set) that the options ask for.</summary>
    /// <param name="prompt">Every token so far, cached ones included.</param>
    public GenerationState CreateState(ReadOnlySpan<int> prompt)
    {
        var noise = new PositionNoise(_options.Seed ?? Random.Shared.NextInt64());
        return _options is { FrequencyPenalty: 0, PresencePenalty: 0 }
            ? new GenerationState(prompt, noise)
            : new GenerationState(prompt, noise, new FrequencyPresencePenalty(_options.FrequencyPenalty, _options.PresencePenalty));
    }

    /// <summary>Computes the distribution of the token that follows <paramref name="state"/>: a pure function of the logits and the state.</summary>
    /// <param name="rows">Raw logits.</param>
    /// <param name="state">Tokens so far and processor state; read, not changed.</param>
    /// <param name="destination">Receives the distribution.</param>
    /// <exception cref="InvalidLogitsException">The row holds NaN or +∞, or nothing but −∞.</exception>
    public void Row(in BranchRows rows, GenerationState state, TokenDistribution destination)
    {
        ArgumentNullException.ThrowIfNull(state);
        ArgumentNullException.ThrowIfNull(destination);
        var logits = Process(rows.Main, state, destination);
        var best = TensorPrimitives.IndexOfMax(logits);
        if (!float.IsFinite(logits[best])) throw InvalidLogitsException.ForMaximum(logits[best], state.Position);

        if (_greedy) destination.SetSingle(best);
        else if (_topK < logits.Length) TopK(logits, logits[best], destination);
        else if (_topP < 1 || _minP > 0) TopP(logits, logits[best], destination);
        else Whole(logits, logits[best], destination);
    }

    private static ReadOnlySpan<float> Process(ReadOnlySpan<float> raw, GenerationState state, TokenDistribution destination)
    {
        if (!state.HasProcessors) return raw;
        var logits = destination.LogitsBuffer(raw.Length);
        raw.CopyTo(logits);
        state.Process(logits);
        return logits;
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
        TensorPrimitives.Divide(weights, _options.Temperature, weights);
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
