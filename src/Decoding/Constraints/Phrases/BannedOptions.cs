namespace Decant.Decoding;

/// <summary>What the answer never says, whatever the model wants: texts and regular expressions. Where only what is banned could follow, the call fails instead.</summary>
/// <remarks>
/// Exact together with other constraints: with regular ones (citations, patterns, choices …) as one language, so that nothing is begun that could only end in what is banned; with grammars token by token.
/// Everything counts however it is cut into tokens, inside words too: banning "cat" bans "concatenate". What the prompt ends with is no beginning. Whatever is
/// constrained is UTF-8; reasoning is free unless <see cref="DecodingOptions.ConstrainReasoning"/> is set. For a preference rather than a promise there is the processor "banned-sequences".
/// </remarks>
public sealed record BannedOptions : RegularConstraintOptions
{
    /// <inheritdoc/>
    public override string Kind => "banned";

    /// <summary>Texts; none is empty. Default: none.</summary>
    public ValueList<string> Phrases { get; init; } = [];

    /// <summary>Whether upper and lower case of <see cref="Phrases"/> are the same, code point by code point ("ß" is not "SS"); for <see cref="Patterns"/> there is <c>(?i)</c>. Default: false.</summary>
    public bool IgnoreCase { get; init; }

    /// <summary>Regular expressions, written as those of <see cref="PatternOptions"/>, of which no match is to be found anywhere; <c>^</c> and <c>$</c> are the answer's start and end. None is empty. Default: none.</summary>
    public ValueList<string> Patterns { get; init; } = [];

    /// <inheritdoc/>
    public override void Validate()
    {
        Check(!Phrases.Contains(""), Phrases, nameof(Phrases), "a list of texts that are not empty");
        Check(!Patterns.Contains(""), Patterns, nameof(Patterns), "a list of regular expressions that are not empty");
    }

    internal override ByteRegex Language(RegexPool pool)
    {
        var phrases = IgnoreCase ? pool.Or([.. Phrases.Select(phrase => CaseFolding.Literal(pool, phrase))]) : pool.Literals(Phrases);
        var patterns = Patterns.Select(pattern => RegexLanguage.Parse(pool, pattern, RegexScope.Search, kind: Kind));
        return pool.And(Utf8Language.Text(pool), pool.Not(pool.Or([pool.Containing(phrases), .. patterns])));
    }

    private protected override string Contradiction(GrammarBuilder builder) => $"{Kind}: nothing is left to be said. A pattern that matches the empty text, such as \"a*\", is found in every text: demand something of it.";
}
