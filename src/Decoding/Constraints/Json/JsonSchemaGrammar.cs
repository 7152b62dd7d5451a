using System.Text.Json;

namespace Decant.Decoding;

/// <summary>JSON Schema as a grammar.</summary>
internal static class JsonSchemaGrammar
{
    /// <summary>The JSON texts that a schema allows. A builder may have several such descriptions in it. What cannot be enforced and is left out is in the builder's warnings.</summary>
    /// <param name="builder">Makes the rules.</param>
    /// <param name="schema">The schema; its document must stay open.</param>
    /// <param name="settings">How JSON is written. Their <see cref="JsonSchemaOptions.Schema"/> is not read.</param>
    /// <exception cref="JsonSchemaException">The schema is not a valid one, or one of its keywords cannot be enforced.</exception>
    /// <exception cref="ConstraintLimitException">The schema is too large.</exception>
    public static GrammarExpression Describe(GrammarBuilder builder, JsonElement schema, JsonSchemaOptions settings)
    {
        var reader = new SchemaReader(builder, schema, settings);
        return new JsonRules(builder, reader, settings).Describe(reader.Root);
    }
}
