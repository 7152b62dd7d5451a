using System.Text.Json;

namespace Decant.Decoding;

/// <summary>The answer is JSON that a JSON Schema allows, of draft 2020-12 or 7 (as its <c>$schema</c> says; 2020-12 where it says nothing).</summary>
/// <remarks>
/// <para>Whatever can be written is valid. Not everything that is valid can be written: members come in the schema's order, and there is one way to write a text or a number, unless options say
/// otherwise. A member that the schema does not name may be written twice.</para>
/// <para>A keyword that cannot be enforced where it stands is a <see cref="JsonSchemaException"/> with its place. Put the schema into the prompt as well, and bound lengths: a model that
/// was not told what to write goes on in texts without an end.</para>
/// </remarks>
public sealed record JsonSchemaOptions : GrammarConstraintOptions
{
    // Deeper than any schema is meant; reading costs memory for each level.
    private const int MaxDepth = 100_000;

    /// <inheritdoc/>
    public override string Kind => "json-schema";

    /// <summary>The schema, as JSON. Required.</summary>
    public string Schema { get; init; } = "";

    /// <summary>Where there is whitespace. Default: <see cref="JsonWhitespace.Compact"/>.</summary>
    public JsonWhitespace Whitespace { get; init; }

    /// <summary>In which order members are written. Default: <see cref="JsonPropertyOrder.Schema"/>.</summary>
    public JsonPropertyOrder PropertyOrder { get; init; }

    /// <summary>How numbers are written. Default: <see cref="JsonNumberForm.Shortest"/>.</summary>
    public JsonNumberForm Numbers { get; init; }

    /// <summary>Whether <c>format</c> is enforced. Default: true; false is what JSON Schema calls an annotation.</summary>
    public bool EnforceFormats { get; init; } = true;

    /// <summary>Whether keywords that cannot be enforced are warnings of the response instead of errors; the rest is enforced. Default: false.</summary>
    public bool Lenient { get; init; }

    /// <summary>Other schemas that <c>$ref</c> may name, as JSON by URI. Default: null, none; nothing is ever downloaded.</summary>
    public ValueDictionary<string, string>? Documents { get; init; }

    /// <inheritdoc/>
    public override void Validate()
    {
        Check(Schema.Length > 0, Schema, nameof(Schema), "a JSON Schema as JSON, such as {\"type\":\"object\"}");
        Check(Enum.IsDefined(Whitespace), Whitespace, nameof(Whitespace), "compact, spaced or flexible");
        Check(Enum.IsDefined(PropertyOrder), PropertyOrder, nameof(PropertyOrder), "schema or any");
        Check(Enum.IsDefined(Numbers), Numbers, nameof(Numbers), "shortest or any");
        Check(Documents?.Keys.All(uri => Uri.IsWellFormedUriString(uri, UriKind.Absolute)) != false, Documents, nameof(Documents), "schemas by absolute URI");
    }

    /// <summary>The schema.</summary>
    /// <exception cref="ArgumentException">It is not JSON.</exception>
    internal JsonElement Parse() => Parse(Schema, nameof(Schema));

    /// <summary>One of <see cref="Documents"/>, or null.</summary>
    internal JsonElement? FindDocument(string uri) => Documents?.TryGetValue(uri, out var text) == true ? Parse(text, nameof(Documents)) : null;

    internal override GrammarExpression Describe(GrammarBuilder builder, ITokenVocabulary vocabulary)
        => JsonSchemaGrammar.Describe(builder, Parse(), this);

    private static JsonElement Parse(string json, string member)
    {
        try
        {
            return JsonDocument.Parse(json, new JsonDocumentOptions { MaxDepth = MaxDepth }).RootElement;
        }
        catch (JsonException error)
        {
            throw new ArgumentException($"json-schema: {member} is not JSON: {error.Message}", member, error);
        }
    }
}
