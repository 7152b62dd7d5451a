using System.Text;

namespace Decant.Decoding;

/// <summary>Sets of Unicode code points as regular languages over their UTF-8 bytes.</summary>
internal static class Utf8Language
{
    private const int MaxScalar = 0x10FFFF;
    private static readonly (int First, int Last)[] _lengths = [(0, 0x7F), (0x80, 0x7FF), (0x800, 0xD7FF), (0xE000, 0xFFFF), (0x10000, MaxScalar)];

    // What bytes after the first are.
    private static ReadOnlySpan<byte> Least => [0x80, 0x80, 0x80];

    private static ReadOnlySpan<byte> Most => [0xBF, 0xBF, 0xBF];

    /// <summary>One code point, any of those that UTF-8 can write.</summary>
    public static ByteRegex Any(RegexPool pool) => Range(pool, 0, MaxScalar);

    /// <summary>Any text in UTF-8.</summary>
    public static ByteRegex Text(RegexPool pool) => pool.Repeat(Any(pool), 0, null);

    /// <summary>One code point from <paramref name="first"/> to <paramref name="last"/>, both included, less surrogates.</summary>
    public static ByteRegex Range(RegexPool pool, int first, int last)
    {
        var ways = new List<ByteRegex>();
        foreach (var length in _lengths)
        {
            var (low, high) = (Math.Max(first, length.First), Math.Min(last, length.Last));
            if (low <= high) ways.Add(SameLength(pool, Encode(low), Encode(high)));
        }

        return pool.Or([.. ways]);
    }

    /// <summary>One code point of any of several ranges.</summary>
    public static ByteRegex Ranges(RegexPool pool, IEnumerable<(int First, int Last)> ranges) => pool.Or([.. ranges.Select(range => Range(pool, range.First, range.Last))]);

    /// <summary>What <paramref name="ranges"/> leave, in order.</summary>
    public static IEnumerable<(int First, int Last)> Complement(IEnumerable<(int First, int Last)> ranges)
    {
        var next = 0;
        foreach (var (first, last) in ranges.OrderBy(range => range.First))
        {
            if (first > next) yield return (next, first - 1);
            next = Math.Max(next, last + 1);
        }

        if (next <= MaxScalar) yield return (next, MaxScalar);
    }

    private static byte[] Encode(int scalar) => Encoding.UTF8.GetBytes(new Rune(scalar).ToString());

    // All sequences of the same length between two, in order of their bytes.
    private static ByteRegex SameLength(RegexPool pool, ReadOnlySpan<byte> low, ReadOnlySpan<byte> high)
    {
        if (low.Length == 1) return pool.Bytes(ByteSet.Range(low[0], high[0]));
        if (low[0] == high[0]) return pool.Concat(pool.Bytes(ByteSet.Of(low[0])), SameLength(pool, low[1..], high[1..]));
        var lowest = Least[..(low.Length - 1)];
        var highest = Most[..(low.Length - 1)];
        var ways = new List<ByteRegex>();
        var (from, to) = (low[0], high[0]);
        if (!low[1..].SequenceEqual(lowest)) ways.Add(pool.Concat(pool.Bytes(ByteSet.Of(from++)), SameLength(pool, low[1..], highest)));
        if (!high[1..].SequenceEqual(highest)) ways.Add(pool.Concat(pool.Bytes(ByteSet.Of(to--)), SameLength(pool, lowest, high[1..])));
        if (from <= to) ways.Add(pool.Concat(pool.Bytes(ByteSet.Range(from, to)), SameLength(pool, lowest, highest)));
        return pool.Or([.. ways]);
    }
}
