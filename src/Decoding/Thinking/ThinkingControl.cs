using System.Text;

namespace Decant.Decoding;

/// <summary>A script in one model's tokens. Immutable and safe for concurrent use.</summary>
internal sealed class ThinkingControl
{
    private readonly string _kind;
    private readonly string _behind;
    private readonly ThinkingScript _script;
    private readonly PlanContext _context;

    // What stands between the marks: behind one that is opened for the model, all of it, before one that is closed for it.
    private readonly int[] _opening;
    private readonly int[] _ending;

    public ThinkingControl(ThinkingOptions options, PlanContext context)
    {
        (_kind, _behind, _context) = (options.Kind, options.Behind, context);
        if (context.Options.Constraints?.OfType<TokenHealingOptions>().FirstOrDefault() is { } healing)
            throw new ArgumentException($"\"{_kind}\" is about the reasoning that an answer begins with, and \"{healing.Kind}\" has the answer begin inside the prompt's last token: leave out one of them.");
        _script = options.Compile(context);
        (_opening, _ending) = (Cut(options.Inside), Cut((_script.Text ?? _script.Ending) + options.Inside));
        Cues = [.. _script.Cues.Select(Cut)];
        if (_script.MaxTokens < _opening.Length + _ending.Length)
            throw new ArgumentException($"{_kind}: {_script.MaxTokens} tokens of reasoning have no room for the {_opening.Length + _ending.Length} that are written in the model's place. Allow more, or write less.");
    }

    public ITokenVocabulary Vocabulary => _context.Vocabulary;

    public int[][] Cues { get; }

    /// <summary>Whether closes are replaced.</summary>
    public bool Extends => Cues.Length > 0 && _script.MaxExtensions > 0;

    /// <summary>The automaton for a text whose reasoning is marked so.</summary>
    /// <exception cref="ArgumentException">A text to be written holds a mark.</exception>
    public ThinkingAutomaton Open(ReasoningSpan span)
    {
        bool Has(string text, string mark) => text.Contains(mark, StringComparison.Ordinal);
        if (_script.Cues.Append(_script.Text ?? _script.Ending).FirstOrDefault(text => Has(text, span.Open) || Has(text, span.Close)) is { } marked)
            throw new ArgumentException($"{_kind}: \"{marked}\" has a mark of the model's reasoning, {span.Open} or {span.Close}, in it: leave the mark out, it is written where it belongs.");
        int[] close = [.. _ending, .. Mark(span.Close), .. Cut(_behind)];
        int[] lead = span.IsOpen || !(_script.Opens || _script.Text is not null) ? [] : [.. Mark(span.Open), .. _opening];
        var (room, opened) = (_script.MaxTokens - _ending.Length, lead.Length == 0 ? 0 : _opening.Length);
        return new ThinkingAutomaton(this, _script, ReasoningMarks.Of(Vocabulary, span.Open, span.Close), lead, close, room, opened, span.IsOpen);
    }

    private int[] Mark(string mark) => Vocabulary.Find(mark) is { } token ? [token] : Cut(mark);

    // Some tokenizers begin every text with a space: where the tokens are not the text, the longest that fit are taken.
    private int[] Cut(string text)
    {
        if (text.Length == 0) return [];
        var bytes = Encoding.UTF8.GetBytes(text);
        var tokens = _context.Encode(text);
        if (tokens.SelectMany(token => Vocabulary.Bytes(token).ToArray()).SequenceEqual(bytes)) return tokens;
        var slices = VocabularySlices.Of(Vocabulary);
        List<int> longest = [];
        for (var at = 0; at < bytes.Length; at += Vocabulary.Bytes(longest[^1]).Length)
        {
            var token = slices.Longest(bytes.AsSpan(at));
            longest.Add(token >= 0 ? token : throw new ArgumentException($"{_kind}: the model's vocabulary has no tokens for \"{text}\". Use another text."));
        }

        return [.. longest];
    }
}
