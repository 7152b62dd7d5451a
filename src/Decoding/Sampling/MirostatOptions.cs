namespace Decant.Decoding;

/// <summary>
/// Mirostat (Basu et al. 2021): cuts the distribution so that the surprise of the drawn tokens, in bits, stays at <see cref="Tau"/>, by feedback from token to token. Avoids both the
/// dullness of narrow and the incoherence of wide truncations.
/// </summary>
/// <remarks>Replaces the other truncations. A row of few choices (a constraint, say) cannot reach the target; the feedback is then held between 0 and 4 · <see cref="Tau"/>.</remarks>
public sealed record MirostatOptions : SamplerOptions
{
    /// <inheritdoc/>
    public override string Kind => "mirostat";

    /// <summary>1: estimates how steep the distribution is and from that how many tokens to keep. 2: keeps the tokens that are no more surprising than the limit. Default: 2.</summary>
    public int Version { get; init; } = 2;

    /// <summary>The surprise to hold, in bits; above 0, at most 20. Default: 5.</summary>
    public double Tau { get; init; } = 5;

    /// <summary>How much of the error of one token is corrected at the next; above 0, at most 1. Default: 0.1.</summary>
    public double Eta { get; init; } = 0.1;

    /// <summary>Which probability a drawn token's surprise is measured by. Default: <see cref="SurpriseSource.Original"/>.</summary>
    public SurpriseSource SurpriseFrom { get; init; } = SurpriseSource.Original;

    /// <summary>Divisor of the logits; above 0 and finite. Null: 1.</summary>
    public float? Temperature { get; init; }

    /// <inheritdoc/>
    public override void Validate()
    {
        Check(Version is 1 or 2, Version, nameof(Version), "1 or 2");
        Check(Tau is > 0 and <= 20, Tau, nameof(Tau), "above 0 and at most 20");
        Check(Eta is > 0 and <= 1, Eta, nameof(Eta), "above 0 and at most 1");
        Check(Enum.IsDefined(SurpriseFrom), SurpriseFrom, nameof(SurpriseFrom), "original or renormalized");
        Check(Temperature is null || (Temperature > 0 && float.IsFinite(Temperature.Value)), Temperature, nameof(Temperature), "above 0 and finite (mirostat steers by drawing; for the likeliest token use \"greedy\")");
    }

    /// <inheritdoc/>
    public override SamplerOptions Complete(SamplingOptions members)
    {
        if (members with { Seed = null, Temperature = null } != new SamplingOptions())
            throw new ArgumentException($"sampling \"{Kind}\" decides itself what to cut off, so {(members with { Temperature = null }).NamesOfSet()} cannot be combined with it. Remove one of the two.");
        return this with { Seed = Seed ?? members.Seed, Temperature = Temperature ?? members.Temperature };
    }

    /// <inheritdoc/>
    public override ISampler Compile(PlanContext context) => new MirostatSampler(this, []);
}

internal sealed class MirostatSampler(MirostatOptions options, List<double> limits) : ISampler
{
    private const int EstimatedFrom = 100;
    private readonly float _temperature = options.Temperature ?? 1;

    public float Temperature => _temperature;

    /// <summary>The limit μ of the next token's surprise, in bits.</summary>
    public double Limit => limits.Count > 0 ? limits[^1] : 2 * options.Tau;

    public void Fill(ReadOnlySpan<float> logits, GenerationState state, TokenDistribution destination)
    {
        var weights = destination.ProbabilitiesBuffer(logits.Length);
        var total = RowWeights.Fill(logits, logits[destination.Best], _temperature, weights);
        var candidates = destination.CandidatesBuffer(logits.Length + Candidate.LargestBufferLength(EstimatedFrom));
        int count;
        if (options.Version == 1) count = Candidate.Largest(logits, Keep(logits, candidates), candidates);
        else
        {
            // The likeliest token weighs 1 and is always kept.
            var least = Math.Min(1, total * Math.Pow(2, -Limit) * (1 - 1e-6)); // a rounding error must not decide
            (count, _) = Candidate.AtLeast(logits, weights, (float)least, candidates);
            candidates[..count].Sort();
        }

        RowWeights.Set(candidates[..count], logits[destination.Best], _temperature, total, destination);
    }

    public void Commit(int token, TokenDistribution? drawnFrom)
    {
        // A token that was not drawn says nothing about how to draw.
        var probability = drawnFrom?.ProbabilityOf(token) ?? 0.0;
        if (options.SurpriseFrom == SurpriseSource.Original) probability *= drawnFrom?.KeptMass ?? 1;
        limits.Add(probability > 0 ? Math.Clamp(Limit - (options.Eta * (-Math.Log2(probability) - options.Tau)), 0, 4 * options.Tau) : Limit);
    }

    public void Rollback(int tokenCount) => limits.RemoveRange(limits.Count - tokenCount, tokenCount);

    public ISampler Fork() => new MirostatSampler(options, [.. limits]);

    /// <summary>Version 1: how many tokens of a Zipf distribution with exponent <paramref name="steepness"/> are needed for a surprise of <paramref name="limit"/>.</summary>
    public static double Needed(double steepness, double limit, int vocabularySize)
    {
        var epsilon = steepness - 1;
        var share = Math.Abs(epsilon) < 1e-9 ? 1 / Math.Log(vocabularySize) : epsilon / (1 - Math.Pow(vocabularySize, -epsilon));
        return Math.Pow(share * Math.Pow(2, limit), 1 / steepness);
    }

    /// <summary>Version 1: the exponent ŝ = Σtb / Σt² that fits falling probabilities best, with t = ln((i + 2) / (i + 1)) and b = ln(pᵢ / pᵢ₊₁).</summary>
    /// <param name="logProbabilities">Falling and finite, up to a common constant.</param>
    public static double Steepness(ReadOnlySpan<double> logProbabilities)
    {
        var (products, squares) = (0.0, 0.0);
        for (var i = 0; i + 1 < logProbabilities.Length; i++)
        {
            var t = Math.Log((i + 2.0) / (i + 1));
            products += t * (logProbabilities[i] - logProbabilities[i + 1]);
            squares += t * t;
        }

        return products / squares;
    }

    private int Keep(ReadOnlySpan<float> logits, Span<ulong> buffer)
    {
        var count = Candidate.Largest(logits, EstimatedFrom, buffer);
        if (count == 1) return 1;
        Span<double> likeliest = stackalloc double[EstimatedFrom];
        for (var i = 0; i < count; i++) likeliest[i] = Candidate.Logit(buffer[i]) / (double)_temperature;

        // Equal probabilities have no steepness; nothing speaks for cutting any of them off.
        var steepness = Steepness(likeliest[..count]);
        var needed = steepness > 1e-6 ? Needed(steepness, Limit, logits.Length) : double.PositiveInfinity;
        return needed < logits.Length ? (int)Math.Round(needed) + 1 : logits.Length;
    }
}
