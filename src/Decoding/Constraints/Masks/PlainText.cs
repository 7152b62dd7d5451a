namespace Decant.Decoding;

/// <summary>
/// How much plain text (see <see cref="VocabularySlices"/>) may follow a lexer's state, whatever text it is: found by following all plain text at once, code point by code point.
/// </summary>
internal sealed class PlainText
{
    private const int MaxSeen = 256;
    private readonly Lexer _lexer;

    // A language of one plain code point, as states; bytes that neither it nor the lexer tells apart are looked at once.
    private readonly List<(byte Value, int Next)>[] _steps;
    private readonly HashSet<LexerState> _seen = [];
    private readonly HashSet<LexerState> _ended = [];
    private List<LexerState> _level = [];
    private List<LexerState> _next = [];

    public PlainText(Lexer lexer)
    {
        _lexer = lexer;
        var pool = new RegexPool();
        var derivatives = new RegexDerivatives(pool);
        var plain = Utf8Language.Ranges(pool, [(0x20, 0x21), (0x23, 0x5B), (0x5D, 0x7E), (0x80, 0x10FFFF)]);
        var states = new List<ByteRegex> { plain };
        var steps = new List<List<(byte, int)>>();
        for (var state = 0; state < states.Count; state++)
        {
            var known = new HashSet<(int Class, int Next)>();
            steps.Add([]);
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

                if (known.Add((lexer.Classes[(byte)value], number))) steps[state].Add(((byte)value, number));
            }
        }

        _steps = [.. steps];
    }

    /// <summary>Whether a code point is plain.</summary>
    public static bool IsPlain(int scalar) => scalar is >= 0x20 and not '"' and not '\\' and not 0x7F;

    /// <summary>How many plain code points may follow whatever they are, as far as it is found out: up to <see cref="VocabularySlices.MaxShort"/>, or <see cref="int.MaxValue"/> for any number.</summary>
    /// <param name="state">What was read before.</param>
    /// <param name="ended">States on the way where terminals may end.</param>
    public int Length(LexerState state, out IReadOnlyCollection<LexerState> ended)
    {
        _seen.Clear();
        _ended.Clear();
        ended = _ended;
        (_level, _next) = ([state], []);
        for (var length = 0; ; length++)
        {
            _level.RemoveAll(known => !_seen.Add(known));
            if (_level.Count == 0) return int.MaxValue;
            if (length == VocabularySlices.MaxShort) return length;
            _next.Clear();
            foreach (var known in _level)
            {
                if (!Follow(known, 0)) return length;
            }

            (_level, _next) = (_next, _level);
        }
    }

    private bool Follow(LexerState state, int step)
    {
        foreach (var (value, next) in _steps[step])
        {
            var after = _lexer.Next(state, value);
            if (after == LexerState.Dead) return false;
            if (after.Ended.Length > 0) _ended.Add(after);
            if (next > 0)
            {
                if (!Follow(after, next)) return false;
            }
            else if (!_next.Contains(after))
            {
                // Where very much is told apart, it is cheaper to look at the tokens.
                if (_seen.Count + _next.Count >= MaxSeen) return false;
                _next.Add(after);
            }
        }

        return true;
    }
}
