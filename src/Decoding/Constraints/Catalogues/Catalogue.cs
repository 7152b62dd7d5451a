using System.Runtime.CompilerServices;
using System.Text;

namespace Decant.Decoding;

/// <summary>
/// A list of texts, one of which an answer is (<see cref="CatalogueOptions"/>): names of products, places, people … Each takes its UTF-8 and four bytes, and some forty more while the list is sorted. Register it under a name in
/// <see cref="DecodingServices"/>. Immutable and safe for concurrent use.
/// </summary>
public sealed class Catalogue
{
    private readonly byte[] _bytes;

    // Where items begin, in order of their bytes; one more for the end of the last.
    private readonly int[] _starts;
    private readonly ConditionalWeakTable<ITokenVocabulary, CatalogueMasks> _masks = [];

    /// <summary>Makes a catalogue.</summary>
    /// <param name="items">The texts, in any order; the same several times counts once. At least one, none empty; at most 2 GB of UTF-8.</param>
    /// <exception cref="ArgumentException">There is no item, or an empty one.</exception>
    public Catalogue(IEnumerable<string> items)
    {
        ArgumentNullException.ThrowIfNull(items);
        byte[][] sorted = [.. items.Select(Encoding.UTF8.GetBytes)];
        Array.Sort(sorted, static (left, right) => left.AsSpan().SequenceCompareTo(right));
        if (sorted.Length == 0) throw new ArgumentException("A catalogue needs at least one item.", nameof(items));
        if (sorted[0].Length == 0) throw new ArgumentException("An item of a catalogue is empty: an answer cannot be nothing. Leave it out.", nameof(items));
        _bytes = new byte[sorted.Sum(item => (long)item.Length)];
        var starts = new List<int>(sorted.Length + 1);
        var end = 0;
        for (var i = 0; i < sorted.Length; i++)
        {
            if (i > 0 && sorted[i].AsSpan().SequenceEqual(sorted[i - 1])) continue;
            starts.Add(end);
            sorted[i].CopyTo(_bytes, end);
            end += sorted[i].Length;
        }

        _starts = [.. starts, end];
    }

    /// <summary>Number of different items.</summary>
    public int Count => _starts.Length - 1;

    /// <summary>Bytes that the catalogue keeps.</summary>
    internal long Size => _bytes.Length + ((long)sizeof(int) * _starts.Length);

    /// <summary>The UTF-8 of an item, by its number in the order of bytes.</summary>
    internal ReadOnlySpan<byte> Item(int index) => _bytes.AsSpan(_starts[index].._starts[index + 1]);

    internal CatalogueMasks Masks(ITokenVocabulary vocabulary) => _masks.GetValue(vocabulary, vocabulary => new CatalogueMasks(this, VocabularySlices.Of(vocabulary)));

    /// <summary>Those of a range of items that go on with a byte.</summary>
    /// <param name="range">Items that have their first <see cref="CatalogueRange.Depth"/> bytes in common.</param>
    /// <param name="value">The next byte.</param>
    internal CatalogueRange Narrow(CatalogueRange range, byte value)
    {
        var low = FirstFrom(range, value);
        return new CatalogueRange(low, value == byte.MaxValue ? range.High : FirstFrom(range with { Low = low }, value + 1), range.Depth + 1);
    }

    /// <summary>Whether one of a range of items is all that has been read.</summary>
    internal bool EndsAt(CatalogueRange range) => _starts[range.Low + 1] - _starts[range.Low] == range.Depth;

    // By halves: the first item of the range whose next byte is at least a value. One that has no next byte comes first of all.
    private int FirstFrom(CatalogueRange range, int value)
    {
        var (low, high) = (range.Low, range.High);
        while (low < high)
        {
            var middle = (int)(((uint)low + (uint)high) >> 1);
            var next = _starts[middle] + range.Depth;
            if (next < _starts[middle + 1] && _bytes[next] >= value) high = middle;
            else low = middle + 1;
        }

        return low;
    }
}

/// <summary>Items that begin alike.</summary>
/// <param name="Low">The first.</param>
/// <param name="High">The first that is not one of them.</param>
/// <param name="Depth">How many bytes they begin with have been read.</param>
internal readonly record struct CatalogueRange(int Low, int High, int Depth)
{
    public bool IsEmpty => Low >= High;
}
