using System.Buffers;
using System.Text;

namespace Decant.Decoding;

/// <summary>A set of code points that many tokens consist of. Immutable.</summary>
internal sealed class TextClass
{
    private readonly (int First, int Last)[] _ranges;

    private TextClass(params (int First, int Last)[] ranges)
    {
        _ranges = ranges;
        Steps = Automaton(ranges);
    }

    /// <summary>From the widest to the narrowest, each within the one before: what a JSON string holds as it is (all but control characters, quotation mark and backslash), ASCII's letters and digits, its small letters.</summary>
    public static IReadOnlyList<TextClass> All { get; } =
        [new((0x20, 0x21), (0x23, 0x5B), (0x5D, 0x7E), (0x80, 0x10FFFF)), new(('0', '9'), ('A', 'Z'), ('a', 'z')), new(('a', 'z'))];

    /// <summary>The language of one of the code points, as states: from each, the bytes that may follow and where they lead; 0 is both before and behind it.</summary>
    public IReadOnlyList<(byte Value, int Next)[]> Steps { get; }

    /// <summary>How many code points a text has, or 0 where not all are of the class or it ends within one.</summary>
    public int Length(ReadOnlySpan<byte> text)
    {
        var length = 0;
        while (!text.IsEmpty)
        {
            if (Rune.DecodeFromUtf8(text, out var rune, out var consumed) != OperationStatus.Done || !Array.Exists(_ranges, range => range.First <= rune.Value && rune.Value <= range.Last)) return 0;
            text = text[consumed..];
            length++;
        }

        return length;
    }

    private static List<(byte Value, int Next)[]> Automaton((int First, int Last)[] ranges)
    {
        var pool = new RegexPool();
        var derivatives = new RegexDerivatives(pool);
        List<ByteRegex> states = [Utf8Language.Ranges(pool, ranges)];
        var steps = new List<(byte, int)[]>();
        for (var state = 0; state < states.Count; state++)
        {
            var known = new List<(byte, int)>();
            for (var value = 0; value < 256; value++)
            {
                var next = derivatives.Derive(states[state], (byte)value);
                if (next == pool.Nothing) continue;
                var number = next == pool.Empty ? 0 : states.IndexOf(next);
                if (number < 0)
                {
                    number = states.Count;
                    states.Add(next);
                }

                known.Add(((byte)value, number));
            }

            steps.Add([.. known]);
        }

        return steps;
    }
}
