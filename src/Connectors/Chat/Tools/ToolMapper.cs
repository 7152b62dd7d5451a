using System.Text.Json;
using Microsoft.Extensions.AI;

namespace Decant.Connectors.Chat;

/// <summary>Turns <see cref="ChatOptions.Tools"/> and <see cref="ChatOptions.ToolMode"/> into a <see cref="ToolRequest"/>. Tools of kinds other than functions are nothing that a model in this process could use.</summary>
internal static class ToolMapper
{
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
        return new ToolRequest([.. functions.Select(Definition)], callable.ToDictionary(function => function.Name, function => Closed(function.JsonSchema)), required is not null);
    }

    /// <summary>A schema in which objects have only the members that it names, unless it says otherwise.</summary>
    public static string Closed(JsonElement schema) => AIJsonUtilities.TransformSchema(schema, _closed).GetRawText();

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
