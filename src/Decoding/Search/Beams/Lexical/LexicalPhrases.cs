using System.Text;

namespace Decant.Decoding;

/// <summary>What a text must say and must not say, followed byte by byte, however it is cut into tokens. Immutable.</summary>
internal sealed class LexicalPhrases
{
    private const int Banned = 1 << LexicalOptions.MaxClauses;
    private readonly ITokenVocabulary _vocabulary;
    private readonly ByteMatcher _matcher;
    private readonly Phrase[] _phrases;

    // By state of the matcher and phrase: how many bytes of the phrase have been written.
    private readonly int[,] _written;

    public LexicalPhrases(ValueList<ValueList<string>> clauses, ValueList<string> excluded, PlanContext context)
    {
        (_vocabulary, ClauseCount) = (context.Vocabulary, clauses.Count);
        (string Text, int Clause)[] wanted = [.. clauses.SelectMany((clause, number) => clause.Select(text => (text, number)))];
        _phrases = [.. wanted.Select(each => new Phrase(Encoding.UTF8.GetBytes(each.Text), each.Clause, context))];
        byte[][] unwanted = [.. excluded.Select(Encoding.UTF8.GetBytes)];
        _matcher = new ByteMatcher([.. _phrases.Select(phrase => (phrase.Bytes, 1 << phrase.Clause)), .. unwanted.Select(text => (text, Banned))]);
        _written = new int[_matcher.StateCount, _phrases.Length];
        foreach (var text in _phrases.Select(phrase => phrase.Bytes).Concat(unwanted))
        {
            // A state is a beginning of one of the texts; what is written of the others is a beginning of theirs that it ends with.
            for (int state = 0, length = 1; length <= text.Length; length++)
            {
                state = _matcher.Next(state, text[length - 1]);
                for (var i = 0; i < _phrases.Length; i++) _written[state, i] = Overlap(text.AsSpan(0, length), _phrases[i].Bytes);
            }
        }
    }

    public int ClauseCount { get; }

    /// <summary>Tokens of all clauses.</summary>
    public int TokenCount => Sizes.Sum();

    // By clause: the tokens of its longest phrase.
    private int[] Sizes => field ??= [.. Enumerable.Range(0, ClauseCount).Select(clause => _phrases.Where(phrase => phrase.Clause == clause).Max(phrase => phrase.Tokens[0].Length))];

    public static LexicalProgress Start { get; } = new(0, 0);

    public bool IsSatisfied(LexicalProgress progress) => progress.Satisfied == (1 << ClauseCount) - 1;

    /// <summary>The progress behind another token; null where it completes what must not be said.</summary>
    public LexicalProgress? Next(LexicalProgress progress, int token)
    {
        if (token >= _vocabulary.Count || _vocabulary.IsSpecial(token)) return progress;
        var (state, satisfied) = progress;
        foreach (var value in _vocabulary.Bytes(token))
        {
            state = _matcher.Next(state, value);
            satisfied |= _matcher.Marks(state);
        }

        return satisfied >= Banned ? null : new LexicalProgress(state, satisfied);
    }

    /// <summary>The largest share that is written of a phrase that is still to be said.</summary>
    public double Fraction(LexicalProgress progress)
    {
        var largest = 0.0;
        for (var i = 0; i < _phrases.Length; i++)
        {
            if (IsUnmet(progress, i)) largest = Math.Max(largest, (double)_written[progress.State, i] / _phrases[i].Bytes.Length);
        }

        return largest;
    }

    /// <summary>Tokens that are written of what must be said: those of clauses that are satisfied, and of the phrase that has come furthest.</summary>
    public int MetTokens(LexicalProgress progress)
    {
        var (met, begun) = (0, 0);
        for (var clause = 0; clause < ClauseCount; clause++) met += (progress.Satisfied >> clause & 1) * Sizes[clause];
        for (var i = 0; i < _phrases.Length; i++)
        {
            if (IsUnmet(progress, i)) begun = Math.Max(begun, Math.Min(_phrases[i].Met(_written[progress.State, i]), Sizes[_phrases[i].Clause] - 1));
        }

        return met + begun;
    }

    /// <summary>For each phrase that is still to be said, the tokens that it goes on with from here, and, if it has begun, those that it begins with.</summary>
    public IEnumerable<(bool HasBegun, int[] Tokens)> Unmet(LexicalProgress progress)
    {
        for (var i = 0; i < _phrases.Length; i++)
        {
            if (!IsUnmet(progress, i)) continue;
            yield return (false, _phrases[i].Tokens[0]);
            if (_written[progress.State, i] is > 0 and var written) yield return (true, _phrases[i].Tokens[written]);
        }
    }

    private bool IsUnmet(LexicalProgress progress, int phrase) => (progress.Satisfied >> _phrases[phrase].Clause & 1) == 0;

    // The longest end of a text that the phrase begins with; not all of the phrase, which would be satisfied.
    private static int Overlap(ReadOnlySpan<byte> text, ReadOnlySpan<byte> phrase)
    {
        for (var length = Math.Min(text.Length, phrase.Length - 1); length > 0; length--)
        {
            if (text.EndsWith(phrase[..length])) return length;
        }

        return 0;
    }

    /// <summary>A text of a clause.</summary>
    /// <param name="bytes">Its bytes.</param>
    /// <param name="clause">Which clause.</param>
    /// <param name="context">The vocabulary, which is gone through when tokens are first asked for.</param>
    private sealed class Phrase(byte[] bytes, int clause, PlanContext context)
    {
        private readonly Lazy<int[][]> _tokens = new(() => Cut(bytes, context));

        public byte[] Bytes => bytes;

        public int Clause => clause;

        /// <summary>For each number of bytes that are written, tokens for the rest: the longest that fit, one after the other.</summary>
        public int[][] Tokens => _tokens.Value;

        /// <summary>How many of its tokens so many bytes are.</summary>
        public int Met(int written) => written == 0 ? 0 : Math.Max(0, Tokens[0].Length - Tokens[written].Length);

        private static int[][] Cut(byte[] bytes, PlanContext context)
        {
            var slices = VocabularySlices.Of(context.Vocabulary);
            var tokens = new int[bytes.Length + 1][];
            tokens[bytes.Length] = [];
            for (var start = bytes.Length - 1; start >= 0; start--)
            {
                var longest = slices.Longest(bytes.AsSpan(start));
                tokens[start] = longest < 0 ? [] : [longest, .. tokens[start + context.Vocabulary.Bytes(longest).Length]];
            }

            // What the model's own tokenizer makes of the whole is likelier than the longest tokens.
            if (context.Encode(Encoding.UTF8.GetString(bytes)) is { Length: > 0 } encoded) tokens[0] = encoded;
            return tokens;
        }
    }
}

/// <summary>What a text has said.</summary>
/// <param name="State">How much it has written of each phrase: a state of the matcher.</param>
/// <param name="Satisfied">A bit for each clause that is satisfied.</param>
internal sealed record LexicalProgress(int State, int Satisfied);
