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
    private bool _whole;

    /// <summary>Number of candidates; 0 before the first row.</summary>
    public int Count { get; private set; }

    /// <summary>Token ids of the candidates.</summary>
    public ReadOnlySpan<int> Ids => _listed.AsSpan(0, Count);

    /// <summary>Probabilities of the candidates, in the order of <see cref="Ids"/>.</summary>
    public ReadOnlySpan<float> Probabilities => _probabilities.AsSpan(0, Count);

    /// <summary>The probability of token <paramref name="id"/>, 0 if it is not a candidate.</summary>
    public float ProbabilityOf(int id)
    {
        var index = _whole ? id : Ids.IndexOf(id);
        return (uint)index < (uint)Count ? _probabilities[index] : 0;
    }

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
        (Count, _listed, _whole) = (1, _ids, false);
    }

    internal void SetCandidates(ReadOnlySpan<ulong> candidates)
    {
        var ids = Reserve(ref _ids, candidates.Length);
        for (var i = 0; i < ids.Length; i++) ids[i] = Candidate.Id(candidates[i]);
        (Count, _listed, _whole) = (candidates.Length, _ids, false);
    }

    internal void SetWhole(int vocabularySize)
    {
        // Shared by all instances. Two of them may grow it at once; each keeps an array that is long enough for itself.
        var ascending = Volatile.Read(ref _ascending);
        if (ascending.Length < vocabularySize) Volatile.Write(ref _ascending, ascending = [.. Enumerable.Range(0, vocabularySize)]);
        (Count, _listed, _whole) = (vocabularySize, ascending, true);
    }

    private static Span<T> Reserve<T>(ref T[] buffer, int length)
    {
        if (buffer.Length < length) buffer = GC.AllocateUninitializedArray<T>(length);
        return buffer.AsSpan(0, length);
    }
}
