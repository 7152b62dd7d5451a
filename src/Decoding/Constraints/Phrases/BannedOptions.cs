using System.Text;

namespace Decant.Decoding;

/// <summary>What the answer never says, whatever the model wants: texts and regular expressions. Where only what is banned could follow, the call fails instead.</summary>
/// <remarks>
/// Exact together with other constraints: with regular ones (citations, patterns, choices …) as one language, so that nothing is begun that could only end in what is banned; with grammars token by token.
/// Everything counts however it is cut into tokens, inside words too: banning "cat" bans "concatenate". What the prompt ends with is no beginning. Whatever is generated is constrained,
/// reasoning included, and is UTF-8. For a preference rather than a promise there is the processor "banned-sequences".
/// </remarks>
public sealed record BannedOptions : RegularConstraintOptions
{
    /// <inheritdoc/>
    public override string Kind => "banned";

    /// <summary>Texts; none is empty. Default: none.</summary>
    public ValueList<string> Phrases { get; init; } = [];

    /// <summary>Whether upper and lower case of <see cref="Phrases"/> are the same, code point by code point ("ß" is not "SS"). Default: false.</summary>
    public bool IgnoreCase { get; init; }

    /// <inheritdoc/>
    public override void Validate() => Check(!Phrases.Contains(""), Phrases, nameof(Phrases), "a list of texts that are not empty");

    internal override ByteRegex Language(RegexPool pool)
    {
        var phrases = IgnoreCase ? pool.Or([.. Phrases.Select(phrase => AnyCase(pool, phrase))]) : pool.Literals(Phrases);
        return pool.And(Utf8Language.Text(pool), pool.Not(pool.Containing(phrases)));
    }

    private static ByteRegex AnyCase(RegexPool pool, string phrase)
        => pool.Concat([.. phrase.EnumerateRunes().Select(rune => pool.Or(One(pool, rune), One(pool, Rune.ToLowerInvariant(rune)), One(pool, Rune.ToUpperInvariant(rune))))]);

    private static ByteRegex One(RegexPool pool, Rune rune) => Utf8Language.Range(pool, rune.Value, rune.Value);
}
