namespace Decant.Decoding;

/// <summary>What the next token may be, with probabilities that sum to 1 (up to rounding). Reuse one instance for many rows: its buffers are kept.</summary>
/// <remarks>
/// A truncated distribution lists only tokens of positive probability by descending logit (so by descending probability), the lower id
/// first among equal logits. One that nothing was cut off from lists the whole vocabulary by ascending id, tokens of
/// probability 0 included. A greedy one lists one token. Serves one caller at a time.
/// </remarks>
public sealed class TokenDistribution
{
    private static int[] _ascending = [];

    private int[] _ids = [];
    private int[] _listed = [];
    private float[] _probabilities = [];
    private float[] _logits = [];
    private ulong[] _candidates = [];
    private ulong[] _mask = [];
    private bool _whole;
    private double _logTotal;
    private float _temperature;

    /// <summary>Number of candidates; 0 before the first row.</summary>
    public int Count { get; private set; }

    /// <summary>Token ids of the candidates.</summary>
    public ReadOnlySpan<int> Ids => _listed.AsSpan(0, Count);

    /// <summary>Probabilities of the candidates, in the order of <see cref="Ids"/>.</summary>
    public ReadOnlySpan<float> Probabilities => _probabilities.AsSpan(0, Count);

    /// <summary>What happened while the row was made.</summary>
    public RowReport Report { get; internal set; }

    /// <summary>
    /// The probability, at the sampler's temperature, of all candidates together before the rest was cut off; null where the sampler does not compute it.
    /// A candidate's probability before truncation is its own times this.
    /// </summary>
    public double? KeptMass { get; internal set; }

    /// <summary>The probability of token <paramref name="id"/>, 0 if it is not a candidate.</summary>
    public float ProbabilityOf(int id) => IndexOf(id) is >= 0 and var index ? _probabilities[index] : 0;

    /// <summary>The lowest id with the row's largest logit; set before the sampler is asked.</summary>
    internal int Best { get; set; }

    /// <summary>The probability, at the sampler's temperature, that tokens have together which constraints allow; null where the row was not asked to measure it.</summary>
    internal double? AllowedMass { get; private set; }

    /// <summary>What a token's probability was, at the sampler's temperature, before constraints refused others and the rest was cut off. For a row that measures, until the next row.</summary>
    internal double Unconstrained(int id) => Math.Exp(LogUnconstrained(id));

    /// <summary>Its natural logarithm, which low temperatures do not drown.</summary>
    internal double LogUnconstrained(int id) => (_logits[id] / _temperature) - _logTotal;

    /// <summary>Takes note of a row before constraints.</summary>
    internal void Measure(ReadOnlySpan<float> logits, float temperature)
    {
        _temperature = temperature;
        (_logTotal, AllowedMass) = (LogSum(logits), 1);
    }

    /// <summary>Takes note of the row after them.</summary>
    internal void MeasureAllowed(ReadOnlySpan<float> logits) => AllowedMass = Math.Exp(LogSum(logits) - _logTotal);

    /// <summary>ln Σ e^z of a row.</summary>
    internal float LogSumExp(ReadOnlySpan<float> logits)
    {
        var maximum = logits[RowScan.IndexOfMax(logits)];
        return maximum + (float)Math.Log(RowWeights.Fill(logits, maximum, 1, Scratch.Floats(0, logits.Length)));
    }

    internal void ForgetMeasure() => AllowedMass = null;

    private double LogSum(ReadOnlySpan<float> logits)
    {
        var maximum = logits[RowScan.IndexOfMax(logits)];
        return float.IsFinite(maximum) ? (maximum / _temperature) + Math.Log(RowWeights.Fill(logits, maximum, _temperature, ProbabilitiesBuffer(logits.Length))) : maximum;
    }

    /// <summary>Where a token is among the candidates, or −1.</summary>
    internal int IndexOf(int id) => !_whole ? Ids.IndexOf(id) : id < Count ? id : -1;

    /// <summary>Buffers for policies.</summary>
    internal RowScratch Scratch { get; } = new();

    internal Span<float> MutableProbabilities => _probabilities.AsSpan(0, Count);

    /// <summary>Room for one bit per token.</summary>
    internal Span<ulong> MaskBuffer(int length) => Reserve(ref _mask, (length + 63) >> 6);

    /// <summary>Room for a copy of a row of logits.</summary>
    internal Span<float> LogitsBuffer(int length) => Reserve(ref _logits, length);

    /// <summary>Room for the probabilities; written before one of the Set methods is called.</summary>
    internal Span<float> ProbabilitiesBuffer(int length) => Reserve(ref _probabilities, length);

    /// <summary>Room for packed <see cref="Candidate"/>s.</summary>
    internal Span<ulong> CandidatesBuffer(int length) => Reserve(ref _candidates, length);

    internal void SetSingle(int id)
    {
        Reserve(ref _ids, 1)[0] = id;
        Reserve(ref _probabilities, 1)[0] = 1;
        (Count, _listed, _whole, KeptMass) = (1, _ids, false, null);
    }

    internal void SetCandidates(ReadOnlySpan<ulong> candidates)
    {
        var ids = Reserve(ref _ids, candidates.Length);
        for (var i = 0; i < ids.Length; i++) ids[i] = Candidate.Id(candidates[i]);
        (Count, _listed, _whole, KeptMass) = (candidates.Length, _ids, false, null);
    }

    internal void SetWhole(int vocabularySize)
    {
        // Shared by all instances. Two of them may grow it at once; each keeps an array that is long enough for itself.
        var ascending = Volatile.Read(ref _ascending);
        if (ascending.Length < vocabularySize) Volatile.Write(ref _ascending, ascending = [.. Enumerable.Range(0, vocabularySize)]);
        (Count, _listed, _whole, KeptMass) = (vocabularySize, ascending, true, null);
    }

    private static Span<T> Reserve<T>(ref T[] buffer, int length)
    {
        if (buffer.Length < length) buffer = GC.AllocateUninitializedArray<T>(length);
        return buffer.AsSpan(0, length);
    }
}
