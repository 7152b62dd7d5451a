namespace Decant.Decoding;

/// <summary>The whole answer matches a regular expression: <c>(yes|no), because [^.]+\.</c></summary>
/// <remarks>
/// <para>Written as in ECMAScript with the flag u, which is for the most part what .NET, Rust and RE2 write: alternatives, groups (<c>(…)</c>, <c>(?:…)</c>, <c>(?&lt;name&gt;…)</c>), classes and their negation,
/// <c>\d</c> and <c>\w</c> of ASCII, <c>\s</c> of Unicode, <c>\p{…}</c> and <c>\P{…}</c> with general categories, <c>.</c> for all but line ends, <c>* + ? {n} {n,} {n,m}</c>, lazy or not, which makes no difference, the
/// anchors <c>^</c> and <c>$</c> (also <c>\A</c> and <c>\z</c>), which mean the whole answer's start and end, the escapes <c>\n \t \r \f \v \0 \xHH \uHHHH \u{…} \UHHHHHHHH \cX</c>, and the flags <c>(?i)</c> and <c>(?s)</c>.</para>
/// <para>Lookaround, references to groups, word boundaries, scripts and line anchors are errors that say where. An answer has no end before the pattern's: bound repetitions where the model could go on for ever.</para>
/// </remarks>
public sealed record PatternOptions : GrammarConstraintOptions
{
    /// <inheritdoc/>
    public override string Kind => "regex";

    /// <summary>The regular expression. Required.</summary>
    public string? Pattern { get; init; }

    /// <inheritdoc/>
    public override void Validate() => Check(!string.IsNullOrEmpty(Pattern), Pattern, nameof(Pattern), "a regular expression");

    private protected override GrammarExpression Describe(GrammarBuilder builder, ITokenVocabulary vocabulary)
        => builder.Terminal(RegexLanguage.Parse(builder.Pool, Pattern!, kind: Kind));
}
