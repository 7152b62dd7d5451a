namespace Decant.Decoding;

/// <summary>A set of token ids that forgets quickly: one bit per id, cleared id by id.</summary>
internal sealed class TokenMarks
{
    private ulong[] _bits = [];

    /// <summary>Marks an id; false where it was marked already.</summary>
    public bool Add(int id)
    {
        var word = id >> 6;
        if (word >= _bits.Length) Array.Resize(ref _bits, Math.Max(word + 1, 2 * _bits.Length));
        var bit = 1UL << (id & 63);
        var isNew = (_bits[word] & bit) == 0;
        _bits[word] |= bit;
        return isNew;
    }

    /// <summary>Forgets the ids, marked or not.</summary>
    public void Clear(ReadOnlySpan<int> ids)
    {
        foreach (var id in ids)
        {
            if (id >> 6 < _bits.Length) _bits[id >> 6] &= ~(1UL << (id & 63));
        }
    }
}
