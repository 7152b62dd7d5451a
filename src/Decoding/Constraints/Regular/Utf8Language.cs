using System.Text;

namespace Decant.Decoding;

/// <summary>Sets of Unicode code points as regular languages over their UTF-8 bytes.</summary>
internal static class Utf8Language
{
    private const int MaxScalar = 0x10FFFF;
    private static readonly (int First, int Last)[] _lengths = [(0, 0x7F), (0x80, 0x7FF), (0x800, 0xD7FF), (0xE000, 0xFFFF), (0x10000, MaxScalar)];

    /// <summary>One code point, any of those that UTF-8 can write.</summary>
    public static ByteRegex Any(RegexPool pool) => Range(pool, 0, MaxScalar);

    /// <summary>Any text in UTF-8.</summary>
    public static ByteRegex Text(RegexPool pool) => pool.Repeat(Any(pool), 0, null);

    /// <summary>One code point from <paramref name="first"/> to <paramref name="last"/>, both included, less surrogates.</summary>
    public static ByteRegex Range(RegexPool pool, int first, int last) => Ranges(pool, [(first, last)]);

    /// <summary>One code point of any of several ranges. Bytes that lead to the same are read together, so the result is as small as an automaton.</summary>
    public static ByteRegex Ranges(RegexPool pool, IEnumerable<(int First, int Last)> ranges)
    {
        var ways = new List<(byte[] Low, byte[] High)>();
        foreach (var (first, last) in ranges)
        {
            foreach (var length in _lengths)
            {
                var (low, high) = (Math.Max(first, length.First), Math.Min(last, length.Last));
                if (low <= high) ways.Add((Encode(low), Encode(high)));
            }
        }

        return pool.Or([.. ways.GroupBy(way => way.Low.Length).Select(group => SameLength(pool, [.. group]))]);
    }

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

    private static ReadOnlySpan<byte> Least => [0x80, 0x80, 0x80];

    private static ReadOnlySpan<byte> Most => [0xBF, 0xBF, 0xBF];

    private static byte[] Encode(int scalar) => Encoding.UTF8.GetBytes(new Rune(scalar).ToString());

    // All sequences of the same length between any of several two, in the order of their bytes; bytes after the first are 0x80 … 0xBF.
    private static ByteRegex SameLength(RegexPool pool, List<(byte[] Low, byte[] High)> ways)
    {
        var length = ways[0].Low.Length;
        if (length < 4 && ways.Exists(way => way.Low.AsSpan().SequenceEqual(Least[..length]) && way.High.AsSpan().SequenceEqual(Most[..length])))
            return pool.Concat([.. Enumerable.Repeat(pool.Bytes(ByteSet.Range(Least[0], Most[0])), length)]);
        var sets = new Dictionary<ByteRegex, ByteSet>();
        for (int value = ways.Min(way => way.Low[0]); value <= ways.Max(way => way.High[0]); value++)
        {
            List<(byte[] Low, byte[] High)> rest = [.. ways.Where(way => way.Low[0] <= value && value <= way.High[0]).Select(way => Behind(way, value))];
            if (rest.Count == 0) continue;
            var tail = SameLength(pool, rest);
            sets[tail] = sets.GetValueOrDefault(tail) | ByteSet.Of((byte)value);
        }

        return pool.Or([.. sets.Select(pair => pool.Concat(pool.Bytes(pair.Value), pair.Key))]);
    }

    private static (byte[] Low, byte[] High) Behind((byte[] Low, byte[] High) way, int first)
    {
        var length = way.Low.Length - 1;
        return (first == way.Low[0] ? way.Low[1..] : Least[..length].ToArray(), first == way.High[0] ? way.High[1..] : Most[..length].ToArray());
    }
}
