namespace Decant.Decoding;

/// <summary>Buffers for working on rows, kept so that a row costs no allocation once warm. Serves one caller at a time.</summary>
public sealed class RowScratch
{
    private float[][] _floats = [];

    /// <summary>Buffer <paramref name="index"/>, of unspecified contents.</summary>
    /// <param name="index">Which: small numbers from 0. The same number gives the same memory until a longer one is asked for.</param>
    /// <param name="length">Values it must hold.</param>
    public Span<float> Floats(int index, int length)
    {
        while (_floats.Length <= index) _floats = [.. _floats, []];
        if (_floats[index].Length < length) _floats[index] = GC.AllocateUninitializedArray<float>(length);
        return _floats[index].AsSpan(0, length);
    }
}
