using System.Collections.Concurrent;
using System.Runtime.CompilerServices;
using System.Text;

namespace Decant.Decoding;

/// <summary>
/// Reads the tokens of a text that may begin with reasoning, as far as its closing mark: an automaton over bytes, so that marks may be cut into tokens in any way. Immutable but for masks
/// that are made when they are first asked for; safe for concurrent use.
/// </summary>
/// <remarks>States: 0 … so many bytes of the opening mark were read; then, so many of the closing one; then, so many line breaks behind that.</remarks>
internal sealed class ReasoningMarks
{
    /// <summary>What <see cref="Next"/> gives for a token that is none of the reasoning's.</summary>
    public const int Other = -1;

    /// <summary>The state before the text.</summary>
    public const int Start = 0;

    // Templates write one or two; without a bound a model could go on for ever.
    private const int MaxLineBreaks = 2;
    private static readonly ConditionalWeakTable<ITokenVocabulary, ConcurrentDictionary<(string Open, string Close), ReasoningMarks>> _known = [];

    private readonly ITokenVocabulary _vocabulary;
    private readonly byte[] _open;
    private readonly byte[] _close;
    private readonly int[] _borders;
    private readonly ulong[]?[] _masks;

    private ReasoningMarks(ITokenVocabulary vocabulary, string open, string close)
    {
        (_vocabulary, _open, _close) = (vocabulary, Encoding.UTF8.GetBytes(open), Encoding.UTF8.GetBytes(close));
        (Inside, Closed) = (_open.Length, _open.Length + _close.Length);
        _masks = new ulong[]?[Closed + MaxLineBreaks + 1];
        (Opening, Closing) = (Phrases(open), Phrases(close));
        _borders = new int[_close.Length + 1];
        for (var i = 1; i < _close.Length; i++) _borders[i + 1] = Matched(_borders[i], _close[i]);
    }

    /// <summary>The first state in which the reasoning is open.</summary>
    public int Inside { get; }

    /// <summary>The first state behind the closing mark.</summary>
    public int Closed { get; }

    /// <summary>Which tokens complete the opening mark.</summary>
    public PhraseTokens Opening { get; }

    /// <summary>Which tokens complete the closing mark.</summary>
    public PhraseTokens Closing { get; }

    /// <summary>The marks in a vocabulary's tokens.</summary>
    /// <param name="vocabulary">The vocabulary.</param>
    /// <param name="open">What begins the reasoning; not empty.</param>
    /// <param name="close">What ends it; not empty.</param>
    public static ReasoningMarks Of(ITokenVocabulary vocabulary, string open, string close)
    {
        ArgumentException.ThrowIfNullOrEmpty(open);
        ArgumentException.ThrowIfNullOrEmpty(close);
        return _known.GetOrCreateValue(vocabulary).GetOrAdd((open, close), static (key, vocabulary) => new ReasoningMarks(vocabulary, key.Open, key.Close), vocabulary);
    }

    /// <summary>
    /// The state after a token, or <see cref="Other"/>: what does not go on with the opening mark, what ends the turn inside the reasoning, and what has more than line breaks behind the
    /// closing mark, which nobody would have looked at.
    /// </summary>
    public int Next(int state, int token)
    {
        if ((uint)token >= (uint)_vocabulary.Count || _vocabulary.EndOfTurn.Contains(token)) return Other;
        var bytes = _vocabulary.Bytes(token);

        // A token without bytes says nothing of whether reasoning begins or is over.
        if (bytes.IsEmpty) return state >= Inside && state < Closed ? state : Other;
        foreach (var value in bytes)
        {
            if (state >= Closed) state = value == '\n' && state < Closed + MaxLineBreaks ? state + 1 : Other;
            else if (state >= Inside) state = Inside + Matched(state - Inside, value);
            else state = value == _open[state] ? state + 1 : Other;
            if (state == Other) return Other;
        }

        return state;
    }

    /// <summary>The tokens for which <see cref="Next"/> does not give <see cref="Other"/>, one bit for each.</summary>
    public ReadOnlySpan<ulong> Mask(int state)
    {
        if (_masks[state] is { } known) return known;
        return _masks[state] = TokenMask.Of(Enumerable.Range(0, _vocabulary.Count).Where(token => Next(state, token) != Other), _vocabulary.Count);
    }

    private PhraseTokens Phrases(string mark) => new(_vocabulary, [mark], _vocabulary.Find(mark) is { } token && _vocabulary.IsSpecial(token) ? [token] : []);

    // Knuth, Morris and Pratt (1977): the longest beginning of the closing mark that the text ends with.
    private int Matched(int matched, byte value)
    {
        while (matched > 0 && _close[matched] != value) matched = _borders[matched];
        return _close[matched] == value ? matched + 1 : 0;
    }
}
