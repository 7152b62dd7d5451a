namespace Decant.Decoding;

/// <summary>Labels parts of a text and cannot change the text: the answer is the given words in order, with tags around spans of them, <c>&lt;PER&gt;Ada Lovelace&lt;/PER&gt; wrote</c>.</summary>
/// <remarks>
/// Source: García-Ferrero, "Cross-lingual transfer for sequence labelling" (constrained decoding): copy the next word, or open a tag if none is open, or close it after a word; the answer ends where all words are
/// copied and no tag is open. Spans do not nest. With the tags taken out, the answer is always the text. Most of it is certain before the model is asked, so speculation drafts it for nothing. For
/// languages where a span may end inside a word, give pieces of words, with an empty separator.
/// </remarks>
public sealed record SpanCopyOptions : RegularConstraintOptions
{
    /// <inheritdoc/>
    public override string Kind => "span-copy";

    /// <summary>The words; none is empty. With <see cref="Separator"/> between them they contain no tag of <see cref="Labels"/>.</summary>
    public ValueList<string> Words { get; init; } = [];

    /// <summary>What stands between words. Default: a space.</summary>
    public string Separator { get; init; } = " ";

    /// <summary>The labels; at least one, none empty or with <c>&lt;</c>, <c>&gt;</c> or <c>/</c>.</summary>
    public ValueList<string> Labels { get; init; } = [];

    /// <summary>The text that is labelled.</summary>
    internal string Text => string.Join(Separator, Words);

    /// <inheritdoc/>
    public override void Validate()
    {
        Check(Labels.Count > 0 && Labels.All(label => label.Length > 0 && label.AsSpan().IndexOfAny("<>/") < 0), Labels, nameof(Labels), "at least one label, none empty or with <, > or /");
        Check(!Words.Contains("") && !Labels.Any(label => Text.Contains(Open(label)) || Text.Contains(Close(label))), Words, nameof(Words), "words that are not empty and together contain no tag of Labels");
    }

    internal static string Open(string label) => $"<{label}>";

    internal static string Close(string label) => $"</{label}>";

    internal override ByteRegex Language(RegexPool pool)
    {
        // From the end: what may follow a number of words outside of a span, and inside a span of each label.
        var outside = pool.Empty;
        var inside = Labels.Select(label => pool.Literal(Close(label))).ToArray();
        for (var i = Words.Count - 1; i >= 0; i--)
        {
            var word = pool.Literal(Words[i]);
            var opened = Labels.Select((label, number) => pool.Concat(pool.Literal(Open(label)), word, inside[number]));
            outside = pool.Concat(i == 0 ? pool.Empty : pool.Literal(Separator), pool.Or([pool.Concat(word, outside), .. opened]));
            for (var number = 0; i > 0 && number < inside.Length; number++)
                inside[number] = pool.Or(pool.Concat(pool.Literal(Close(Labels[number])), outside), pool.Concat(pool.Literal(Separator), word, inside[number]));
        }

        return outside;
    }
}
