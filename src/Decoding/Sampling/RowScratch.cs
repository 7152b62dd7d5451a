namespace Decant.Decoding;

/// <summary>Buffers for working on rows, kept so that a row costs no allocation once warm. Serves one caller at a time.</summary>
public sealed class RowScratch
{
    private float[][] _floats = [];
    private float[] _evidence = [];
    private int _evidenceCount;

    /// <summary>For policies that truncate a row.</summary>
    internal TokenDistribution Distribution => field ??= new TokenDistribution();

    /// <summary>Buffer <paramref name="index"/>, of unspecified contents.</summary>
    /// <param name="index">Which: small numbers from 0. The same number gives the same memory until a longer one is asked for.</param>
    /// <param name="length">Values it must hold.</param>
    public Span<float> Floats(int index, int length)
    {
        while (_floats.Length <= index) _floats = [.. _floats, []];
        if (_floats[index].Length < length) _floats[index] = GC.AllocateUninitializedArray<float>(length);
        return _floats[index].AsSpan(0, length);
    }

    /// <summary>Room for what a policy finds each token of the row to be evidence of. Where one of them is committed with the row, <see cref="GenerationState.Evidence"/> adds its.</summary>
    internal Span<float> TakeEvidence(int length)
    {
        if (_evidence.Length < length) _evidence = GC.AllocateUninitializedArray<float>(length);
        _evidenceCount = length;
        return _evidence.AsSpan(0, length);
    }

    internal void ForgetEvidence() => _evidenceCount = 0;

    /// <summary>What a token of the last row was found to be evidence of, or null.</summary>
    internal float? EvidenceOf(int token) => (uint)token < (uint)_evidenceCount ? _evidence[token] : null;
}
