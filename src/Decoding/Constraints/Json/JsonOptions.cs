namespace Decant.Decoding;

/// <summary>The answer is JSON: any value, or any object.</summary>
/// <remarks>A model that is not asked for JSON writes it badly even where it can write nothing else: say so in the prompt.</remarks>
public sealed record JsonOptions : GrammarConstraintOptions
{
    /// <inheritdoc/>
    public override string Kind => "json";

    /// <summary>Whether the value is an object. Default: false.</summary>
    public bool ObjectOnly { get; init; }

    /// <summary>Where there is whitespace. Default: <see cref="JsonWhitespace.Compact"/>.</summary>
    public JsonWhitespace Whitespace { get; init; }

    /// <inheritdoc/>
    public override void Validate() => Check(Enum.IsDefined(Whitespace), Whitespace, nameof(Whitespace), "compact, spaced or flexible");

    internal override GrammarExpression Describe(GrammarBuilder builder, ITokenVocabulary vocabulary)
    {
        var schema = new JsonSchemaOptions { Schema = ObjectOnly ? """{"type":"object"}""" : "true", Whitespace = Whitespace };
        return JsonSchemaGrammar.Describe(builder, schema.Parse(), schema);
    }
}
