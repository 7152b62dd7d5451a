namespace Decant.Decoding;

/// <summary>Which bytes none of several sets tells apart.</summary>
internal sealed class ByteClasses
{
    private readonly byte[] _classes = new byte[256];

    public ByteClasses(RegexPool pool)
    {
        var refined = new int[256];
        foreach (var set in pool.Sets)
        {
            var known = new Dictionary<(int Class, bool In), int>();
            for (var value = 0; value < 256; value++)
            {
                var key = (refined[value], set.Contains((byte)value));
                if (!known.TryGetValue(key, out var number)) known[key] = number = known.Count;
                refined[value] = number;
            }
        }

        var first = new List<byte>();
        var numbers = new Dictionary<int, byte>();
        for (var value = 0; value < 256; value++)
        {
            var key = pool.HasAutomata ? value : refined[value];
            if (!numbers.TryGetValue(key, out var number))
            {
                numbers[key] = number = (byte)first.Count;
                first.Add((byte)value);
            }

            _classes[value] = number;
        }

        Representatives = [.. first];
    }

    /// <summary>One byte of each class, by its number.</summary>
    public IReadOnlyList<byte> Representatives { get; }

    /// <summary>Number of classes.</summary>
    public int Count => Representatives.Count;

    /// <summary>The class of a byte, 0 … <see cref="Count"/> − 1.</summary>
    public int this[byte value] => _classes[value];
}
