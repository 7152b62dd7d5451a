using System.Text;

namespace Decant.Decoding;

/// <summary>Which code points are the same but for upper and lower case, each one written as one, as in <c>k</c>, <c>K</c> and the Kelvin sign.</summary>
internal static class CaseFolding
{
    // Behind the last script that has case (Adlam).
    private const int End = 0x1E944;
    private const int LongS = 0x17F;

    private static readonly Lazy<int[][]> _groups = new(() =>
    [
        .. Enumerable.Range(0, End).Where(Rune.IsValid).GroupBy(Fold).Select(group => group.ToArray()).Where(group => group.Length > 1),
    ]);

    /// <summary>A text in upper and lower case.</summary>
    public static ByteRegex Literal(RegexPool pool, string text) => pool.Concat([.. text.EnumerateRunes().Select(rune => Utf8Language.Ranges(pool, Close([(rune.Value, rune.Value)])))]);

    /// <summary>A set with whatever is the same as one of its code points.</summary>
    /// <param name="set">Ranges, in order and apart.</param>
    public static IReadOnlyList<(int First, int Last)> Close(IReadOnlyList<(int First, int Last)> set)
    {
        var closed = new List<(int First, int Last)>(set);
        foreach (var group in _groups.Value)
        {
            if (Array.Exists(group, value => Contains(set, value))) closed.AddRange(group.Select(value => (value, value)));
        }

        return closed;
    }

    // The invariant culture leaves the long s as it is; Unicode folds it to s.
    private static int Fold(int value) => value == LongS ? 's' : Rune.ToLowerInvariant(Rune.ToUpperInvariant(new Rune(value))).Value;

    private static bool Contains(IReadOnlyList<(int First, int Last)> set, int value)
    {
        var (low, high) = (0, set.Count);
        while (low < high)
        {
            var middle = (low + high) / 2;
            if (set[middle].Last < value) low = middle + 1;
            else high = middle;
        }

        return low < set.Count && set[low].First <= value;
    }
}
