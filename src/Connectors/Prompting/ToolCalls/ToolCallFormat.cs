using System.Text.Encodings.Web;
using System.Text.Json;

namespace Decant.Connectors.Prompting;

/// <summary>
/// How a model writes calls of tools: text that opens them, the calls, each a JSON object with the tool's name and its arguments, and text that closes them. Special tokens are written as
/// in the vocabulary.
/// </summary>
internal sealed record ToolCallFormat
{
    private static readonly JsonSerializerOptions _plain = new() { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

    // What is more particular comes first.
    private static readonly Func<string, ToolCallFormat?>[] _families = [PhiToolCalls.Read, GraniteToolCalls.Read, MistralToolCalls.Read, HermesToolCalls.Read, LlamaToolCalls.Read];

    /// <summary>What a text that is no call never has, and every call begins with: a beginning of <see cref="Open"/> and the first call.</summary>
    public required string Trigger { get; init; }

    /// <summary>Before the first call.</summary>
    public string Open { get; init; } = "";

    /// <summary>Between two calls, or null where a template knows one call only.</summary>
    public string? Separator { get; init; }

    /// <summary>Behind the last call.</summary>
    public string Close { get; init; } = "";

    /// <summary>The member of a call that holds its arguments.</summary>
    public string ArgumentsName { get; init; } = "arguments";

    /// <summary>Whether the template expects the tools as a text in the system message.</summary>
    public bool ToolsInSystemMessage { get; init; }

    /// <summary>Whether the template knows nothing of tools, so that the prompt has to say it all.</summary>
    public bool IsExplained { get; init; }

    /// <summary>The format that a template teaches; where it teaches none that is known, the generic one.</summary>
    /// <param name="template">The template's text.</param>
    /// <param name="readsTools">Whether it reads tools.</param>
    public static ToolCallFormat Of(string template, bool readsTools)
        => (readsTools ? _families.Select(read => read(template)).FirstOrDefault(format => format is not null) : null) ?? GenericToolCalls.Format;

    /// <summary>A call of a tool up to its arguments. Written as Python writes JSON, for that is what models have read.</summary>
    public string Begin(string name) => $"{{\"name\": {JsonSerializer.Serialize(name, _plain)}, \"{ArgumentsName}\": ";

    /// <summary>A call behind its arguments.</summary>
    public static string End => "}";

    /// <summary>Calls as the model writes them.</summary>
    /// <param name="calls">Names and arguments as JSON.</param>
    public string Write(IEnumerable<(string Name, string Arguments)> calls) => Open + string.Join(Separator, calls.Select(call => Begin(call.Name) + call.Arguments + End)) + Close;
}
