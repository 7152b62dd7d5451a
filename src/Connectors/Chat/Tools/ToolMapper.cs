using System.Text.Json;
using System.Text.Json.Nodes;
using Microsoft.Extensions.AI;

namespace Decant.Connectors.Chat;

/// <summary>Turns <see cref="ChatOptions.Tools"/> and <see cref="ChatOptions.ToolMode"/> into a <see cref="ToolRequest"/>. Tools of kinds other than functions are nothing that a model in this process could use.</summary>
internal static class ToolMapper
{
    private const int MaxDepth = 64;
    private const string Object = "\"object\"";

    // A member that a schema does not name is one that nobody reads.
    private static readonly AIJsonSchemaTransformOptions _closed = new() { DisallowAdditionalProperties = true };

    /// <returns>Null where there are no functions.</returns>
    /// <exception cref="ArgumentException">Two functions have one name, or the mode requires one that is not there.</exception>
    public static ToolRequest? Map(ChatOptions options)
    {
        var functions = options.Tools?.OfType<AIFunctionDeclaration>().ToList() ?? [];
        if (functions.GroupBy(function => function.Name).FirstOrDefault(group => group.Count() > 1) is { } twice)
            throw new ArgumentException($"ChatOptions.Tools has {twice.Count()} functions named \"{twice.Key}\". Give each a name of its own.");
        var required = options.ToolMode as RequiredChatToolMode;
        if (required is not null && functions.Count == 0)
            throw new ArgumentException("ChatOptions.ToolMode requires a call, but ChatOptions.Tools has no function. Add one, or use another mode.");
        if (functions.Count == 0) return null;
        var callable = options.ToolMode is NoneChatToolMode ? [] : required?.RequiredFunctionName is { } name ? [Find(functions, name)] : functions;
        var schemas = callable.ToDictionary(function => function.Name, Arguments);
        return new ToolRequest([.. functions.Select(Definition)], schemas, required is not null);
    }

    /// <summary>What errors call a function.</summary>
    public static string Source(string function) => $"ChatOptions.Tools, function \"{function}\"";

    /// <summary>A schema in which objects have only the members that it names, unless it says otherwise.</summary>
    /// <param name="schema">The schema.</param>
    /// <param name="source">What errors call it.</param>
    /// <exception cref="ArgumentException">It is none.</exception>
    public static string Closed(JsonElement schema, string source)
    {
        try
        {
            return AIJsonUtilities.TransformSchema(schema, _closed).GetRawText();
        }
        catch (Exception exception) when (exception is ArgumentException or InvalidOperationException or JsonException)
        {
            throw new ArgumentException($"{source}: the JSON schema cannot be read; write an object or true, nested at most {MaxDepth} deep, with no member twice. {exception.Message}", exception);
        }
    }

    // Arguments are an object, whatever else the schema allows.
    private static string Arguments(AIFunctionDeclaration function)
    {
        var closed = Closed(function.JsonSchema, Source(function.Name));
        if (JsonNode.Parse(closed) is not JsonObject schema) return closed == "true" ? """{"type":"object"}""" : closed;
        if (schema["type"] is { } type && type.ToJsonString() != Object && (type is not JsonArray types || !types.Any(item => item?.ToJsonString() == Object)))
            throw new ArgumentException($"{Source(function.Name)}: arguments are an object, but the JSON schema has the type {type.ToJsonString()}. Make it \"object\".");
        schema["type"] = "object";
        return schema.ToJsonString();
    }

    private static AIFunctionDeclaration Find(List<AIFunctionDeclaration> functions, string name) => functions.Find(function => function.Name == name)
        ?? throw new ArgumentException($"ChatOptions.ToolMode requires the function \"{name}\", but ChatOptions.Tools has: {string.Join(", ", functions.Select(function => function.Name))}.");

    private static Dictionary<string, object?> Definition(AIFunctionDeclaration function) => new()
    {
        ["type"] = "function",
        ["function"] = new Dictionary<string, object?>
        {
            ["name"] = function.Name,
            ["description"] = function.Description,
            ["parameters"] = MessageMapper.Plain(function.JsonSchema),
        },
    };
}
