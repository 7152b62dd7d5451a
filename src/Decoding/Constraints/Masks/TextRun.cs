namespace Decant.Decoding;

/// <summary>
/// How much text of a <see cref="TextClass"/> may follow a lexer's state, whatever text it is: found by following all of it at once, code point by code point. Serves one caller at a time.
/// </summary>
internal sealed class TextRun
{
    // Where very much is told apart, it is cheaper to look at the tokens.
    private const int MaxSeen = 256;
    private const int MaxSteps = 3000;
    private readonly Lexer _lexer;

    // Of bytes that the lexer does not tell apart, one is looked at.
    private readonly (byte Value, int Next)[][] _steps;
    private readonly HashSet<LexerState> _seen = [];
    private readonly HashSet<(LexerState, int)> _followed = [];
    private List<LexerState> _level = [];
    private List<LexerState> _next = [];
    private int _stepCount;

    public TextRun(Lexer lexer, TextClass text)
    {
        _lexer = lexer;
        _steps = [.. text.Steps.Select(steps => steps.DistinctBy(step => (lexer.Classes[step.Value], step.Next)).ToArray())];
    }

    /// <summary>How many code points may follow whatever they are, as far as it is found out: up to <see cref="TextSlice.MaxShort"/>, or <see cref="int.MaxValue"/> for any number.</summary>
    /// <param name="state">What was read before.</param>
    /// <param name="ended">Receives states on the way where terminals may end.</param>
    public int Length(LexerState state, HashSet<LexerState> ended)
    {
        _seen.Clear();
        _stepCount = 0;
        (_level, _next) = ([state], []);
        for (var length = 0; ; length++)
        {
            _level.RemoveAll(known => !_seen.Add(known));
            if (_level.Count == 0) return int.MaxValue;
            if (length == TextSlice.MaxShort) return length;
            _next.Clear();
            _followed.Clear();
            foreach (var known in _level)
            {
                if (!Follow(known, 0, ended)) return length;
            }

            (_level, _next) = (_next, _level);
        }
    }

    private bool Follow(LexerState state, int step, HashSet<LexerState> ended)
    {
        foreach (var (value, next) in _steps[step])
        {
            if (++_stepCount > MaxSteps) return false;
            var after = _lexer.Next(state, value);
            if (after == LexerState.Dead) return false;
            if (!_followed.Add((after, next))) continue;
            if (after.Ended.Length > 0) ended.Add(after);
            if (next > 0)
            {
                if (!Follow(after, next, ended)) return false;
                continue;
            }

            if (_seen.Count + _next.Count >= MaxSeen) return false;
            _next.Add(after);
        }

        return true;
    }
}
