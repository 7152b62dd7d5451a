using System.Text;

namespace Decant.Decoding;

/// <summary>
/// Free text until a trigger, then what a tag says, then free text again: calls of tools, for instance, whose arguments follow a schema (as XGrammar's structural tags; Dong et al., 2025).
/// </summary>
/// <remarks>Free text is any UTF-8 text without a trigger in it and without special tokens, so a trigger that the model has written is always a tag's.</remarks>
public sealed record StructuralTagOptions : GrammarConstraintOptions
{
    /// <inheritdoc/>
    public override string Kind => "structural-tags";

    /// <summary>The tags, any of which may come. At least one.</summary>
    public ValueList<StructuralTag> Tags { get; init; } = [];

    /// <summary>Texts that free text does not have. Null (default): what the tags begin with. Every tag that stands in free text should begin with one of them, or it may be taken for text. Without free text they mean nothing.</summary>
    public ValueList<string>? Triggers { get; init; }

    /// <summary>What stands between two tags, where there is to be no free text at all; may be empty. Null (default): free text before, between and behind them.</summary>
    public string? Separator { get; init; }

    /// <summary>Whether there must be a tag. Default: false.</summary>
    public bool AtLeastOne { get; init; }

    /// <summary>Most tags; 0 … 1000: 0 keeps triggers from being written. Null (default): any number.</summary>
    public int? MaxTags { get; init; }

    /// <summary>Whether the text ends behind the first tag. Default: false.</summary>
    public bool StopAfterFirst { get; init; }

    /// <inheritdoc/>
    public override void Validate()
    {
        Check(Tags.Count > 0, Tags, nameof(Tags), "a list of at least one tag");
        foreach (var tag in Tags)
        {
            Check(tag.Content is null or GrammarConstraintOptions, tag.Content, nameof(Tags), $"tags with contents that a grammar describes; \"{tag.Content?.Kind}\" is none");
            tag.Content?.Validate();
        }

        Check(TriggerTexts.All(trigger => trigger.Length > 0) && (TriggerTexts.Any() || Separator is not null), Triggers, nameof(Triggers), "texts, none of them empty; a tag without a Begin needs them");
        Check(MaxTags is null or (>= 0 and <= 1000), MaxTags, nameof(MaxTags), "from 0 to 1000, or null for any number");
        Check(!AtLeastOne || MaxTags != 0, AtLeastOne, nameof(AtLeastOne), $"false where {nameof(MaxTags)} is 0");
    }

    private IEnumerable<string> TriggerTexts => Triggers ?? (Separator is null ? Tags.Select(tag => tag.Begin) : []);

    internal override GrammarConstraintOptions Complete(PlanContext context)
        => this with { Tags = [.. Tags.Select(tag => tag with { Content = (tag.Content as GrammarConstraintOptions)?.Complete(context) })] };

    internal override GrammarExpression Describe(GrammarBuilder builder, ITokenVocabulary vocabulary)
    {
        var literals = new TaggedText(builder, vocabulary);
        var tag = builder.Rule("tag", GrammarExpression.Choice([.. Tags.Select(tag => GrammarExpression.Sequence(
            literals.Of(tag.Begin), Part(tag.Content, builder, vocabulary), literals.Of(tag.End)))]));
        var least = AtLeastOne ? 1 : 0;
        var most = StopAfterFirst ? Math.Min(1, MaxTags ?? 1) : MaxTags;
        if (Separator is null)
        {
            var free = FreeText(builder);
            return StopAfterFirst
                ? GrammarExpression.Sequence(free, GrammarExpression.Repeat(tag, least, most))
                : GrammarExpression.Sequence(free, GrammarExpression.Repeat(GrammarExpression.Sequence(tag, free), least, most));
        }

        var others = GrammarExpression.Repeat(GrammarExpression.Sequence(literals.Of(Separator), tag), 0, most - 1);
        var tags = GrammarExpression.Sequence(tag, most == 0 ? GrammarExpression.Nothing : others);
        return AtLeastOne ? tags : GrammarExpression.Optional(tags);
    }

    private GrammarExpression FreeText(GrammarBuilder builder)
    {
        var (pool, triggers) = (builder.Pool, builder.Pool.Literals(TriggerTexts));
        return builder.Terminal(pool.And(Utf8Language.Text(pool), pool.Not(pool.Containing(triggers))));
    }

    private static GrammarExpression Part(ConstraintOptions? part, GrammarBuilder builder, ITokenVocabulary vocabulary)
        => part is null ? GrammarExpression.Empty : ((GrammarConstraintOptions)part).Describe(builder, vocabulary);
}

/// <summary>Texts in which special tokens, written as they are written in the vocabulary, are those tokens.</summary>
internal sealed class TaggedText(GrammarBuilder builder, ITokenVocabulary vocabulary)
{
    private readonly (string Text, int Id)[] _specials =
        [.. Enumerable.Range(0, vocabulary.Count).Where(vocabulary.IsSpecial).Select(id => (Text: Encoding.UTF8.GetString(vocabulary.Bytes(id)), Id: id)).Where(special => special.Text.Length > 0)];

    public GrammarExpression Of(string text)
    {
        var parts = new List<GrammarExpression>();
        while (text.Length > 0)
        {
            var (at, special) = First(text);
            if (at > 0) parts.Add(builder.Text(text[..at]));
            if (special is var (_, id)) parts.Add(GrammarExpression.Token(id));
            text = text[(at + (special?.Text.Length ?? 0))..];
        }

        return GrammarExpression.Sequence(parts);
    }

    // The first special token in a text, of those that begin there the longest; or the text's end.
    private (int At, (string Text, int Id)? Special) First(string text)
    {
        (int At, (string Text, int Id)? Special) first = (text.Length, null);
        foreach (var special in _specials)
        {
            var at = text.IndexOf(special.Text, StringComparison.Ordinal);
            if (at >= 0 && (at < first.At || (at == first.At && special.Text.Length > first.Special!.Value.Text.Length))) first = (at, special);
        }

        return first;
    }
}
