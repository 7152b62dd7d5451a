using System.Text.Encodings.Web;
using System.Text.Json;
using Decant.Connectors.Prompting;
using Decant.Decoding;
using Microsoft.Extensions.AI;

namespace Decant.Connectors.Chat;

/// <summary>What <see cref="ChatOptions.ResponseFormat"/> and tools make of an answer: the constraint, and what the prompt says of it.</summary>
/// <remarks>What a schema asks for and cannot be enforced is a warning of the response: frameworks make these schemas, and callers may not have seen them.</remarks>
internal static class AnswerConstraint
{
    private static readonly JsonSerializerOptions _plain = new() { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

    private const string FormatSource = "ChatOptions.ResponseFormat";

    /// <returns>Null where any answer will do.</returns>
    public static ConstraintOptions? Of(ChatOptions options, ToolRequest? tools, ToolCallFormat format)
    {
        var answer = Json(options.ResponseFormat);
        if (tools is null) return answer;
        if (tools.Callable.Count == 0) return answer ?? new StructuralTagOptions { Tags = [new StructuralTag(format.Trigger)], MaxTags = 0 };
        var calls = new StructuralTagOptions
        {
            Tags = [.. tools.Callable.Select(tool => new StructuralTag(format.Begin(tool.Key), Schema(tool.Value), ToolCallFormat.End))],
            Separator = format.Separator ?? "",
            AtLeastOne = true,
            MaxTags = options.AllowMultipleToolCalls == false || format.Separator is null ? 1 : null,
        };
        var run = new StructuralTagOptions { Tags = [new StructuralTag(format.Open, calls, format.Close)], StopAfterFirst = true };
        if (!tools.IsRequired && answer is null) return run with { Triggers = [format.Trigger] };
        var only = run with { Separator = "", AtLeastOne = true };
        return tools.IsRequired ? only : only with { Tags = [.. run.Tags, new StructuralTag(Content: answer)] };
    }

    /// <summary>The error of the format's schema or of a tool's, with the name of whose it is; null where both are well.</summary>
    public static ArgumentException? Fault(ChatOptions options, ToolRequest? tools, PlanContext context)
    {
        IEnumerable<(string Source, ConstraintOptions? Constraint)> parts =
            [(FormatSource, Json(options.ResponseFormat)), .. (tools?.Callable ?? new Dictionary<string, string>()).Select(tool => (ToolMapper.Source(tool.Key), (ConstraintOptions?)Schema(tool.Value)))];
        foreach (var (source, constraint) in parts)
        {
            try
            {
                constraint?.Compile(context);
            }
            catch (ArgumentException exception)
            {
                return new ArgumentException($"{source}: {exception.Message}", exception);
            }
        }

        return null;
    }

    /// <summary>What the prompt says of a format, or null.</summary>
    public static string? Explain(ChatResponseFormat? format) => format switch
    {
        ChatResponseFormatJson { Schema: { } schema } json =>
            $"Answer with JSON and nothing else{About(json)}. It must follow this JSON schema:\n{JsonSerializer.Serialize(schema, _plain)}",
        ChatResponseFormatJson => "Answer with one JSON object and nothing else.",
        _ => null,
    };

    private static string About(ChatResponseFormatJson json) => string.IsNullOrEmpty(json.SchemaDescription) ? "" : $": {json.SchemaDescription.TrimEnd('.')}";

    private static ConstraintOptions? Json(ChatResponseFormat? format) => format switch
    {
        ChatResponseFormatJson { Schema: { } schema } => Schema(ToolMapper.Closed(schema, FormatSource)),
        ChatResponseFormatJson => new JsonOptions { ObjectOnly = true, Whitespace = JsonWhitespace.Spaced },
        _ => null,
    };

    private static JsonSchemaOptions Schema(string schema) => new() { Schema = schema, Whitespace = JsonWhitespace.Spaced, Lenient = true };
}
