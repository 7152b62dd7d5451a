namespace Decant.Decoding;

/// <summary>
/// How much plain text (see <see cref="VocabularySlices"/>) may follow a lexer's state, whatever text it is: found by following all plain text at once, code point by code point.
/// </summary>
internal sealed class PlainText
{
    private const int MaxSeen = 256;

    // The language of one plain code point, as states: from each, the bytes that may follow and where they lead; 0 is both before and behind it.
    private static readonly (byte Value, int Next)[][] _codePoint = CodePoint();

    private readonly Lexer _lexer;

    // Of bytes that the lexer does not tell apart, one is looked at.
    private readonly (byte Value, int Next)[][] _steps;
    private readonly HashSet<LexerState> _seen = [];
    private readonly HashSet<LexerState> _ended = [];
    private readonly HashSet<(LexerState, int)> _followed = [];
    private List<LexerState> _level = [];
    private List<LexerState> _next = [];

    public PlainText(Lexer lexer)
    {
        _lexer = lexer;
        _steps = Array.ConvertAll(_codePoint, steps => steps.DistinctBy(step => (lexer.Classes[step.Value], step.Next)).ToArray());
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
            _followed.Clear();
            foreach (var known in _level)
            {
                if (!Follow(known, 0)) return length;
            }

            (_level, _next) = (_next, _level);
        }
    }

    private static (byte Value, int Next)[][] CodePoint()
    {
        var pool = new RegexPool();
        var derivatives = new RegexDerivatives(pool);
        List<ByteRegex> states = [Utf8Language.Ranges(pool, [(0x20, 0x21), (0x23, 0x5B), (0x5D, 0x7E), (0x80, 0x10FFFF)])];
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

        return [.. steps];
    }

    private bool Follow(LexerState state, int step)
    {
        foreach (var (value, next) in _steps[step])
        {
            var after = _lexer.Next(state, value);
            if (after == LexerState.Dead) return false;
            if (!_followed.Add((after, next))) continue;
            if (after.Ended.Length > 0) _ended.Add(after);
            if (next > 0)
            {
                if (!Follow(after, next)) return false;
                continue;
            }

            // Where very much is told apart, it is cheaper to look at the tokens.
            if (_seen.Count + _next.Count >= MaxSeen) return false;
            _next.Add(after);
        }

        return true;
    }
}
