using System.Text.Json;
using System.Text.RegularExpressions;
using Decant.Connectors.Prompting.Jinja;

namespace Decant.Connectors.Prompting;

/// <summary>Turns a conversation into the text a model was trained on: its own Jinja template, with Hugging Face's settings.</summary>
/// <remarks>Immutable and safe for concurrent use.</remarks>
public sealed partial class ChatTemplate
{
    // Models without a template: roles as words, a line each; the answer is to end where the next question would begin.
    private const string PlainSource = """
        {%- for message in messages -%}
        {%- if message.role == 'system' -%}{{ message.content + '\n\n' }}
        {%- else -%}{{ message.role | capitalize + ': ' + message.content + '\n' }}
        {%- endif -%}
        {%- endfor -%}
        {%- if add_generation_prompt -%}{{ 'Assistant:' }}{%- endif -%}
        """;

    private readonly JinjaTemplate _template;
    private readonly JinjaTemplate? _toolTemplate;
    private readonly IReadOnlyDictionary<string, object?> _constants;
    private readonly TimeProvider _time;
    private readonly Lazy<bool> _readsSystem;

    private ChatTemplate(string source, string? toolSource, IReadOnlyDictionary<string, object?> constants, TimeProvider time)
    {
        Source = source;
        _template = new JinjaTemplate(source);
        _toolTemplate = toolSource is null ? null : new JinjaTemplate(toolSource);
        (_constants, _time) = (constants, time);
        Reasoning = ReasoningFormat.Detect(source);
        ReadsDocuments = Documents().IsMatch(source);
        ToolCalls = ToolCallFormat.Of(toolSource ?? source, Tools().IsMatch(toolSource ?? source));
        _readsSystem = new Lazy<bool>(FindsSystemMessage);
    }

    /// <summary>
    /// The format for models without a template: the system text and an empty line, then <c>User: …</c> and <c>Assistant: …</c>, a line each.
    /// Generation stops where the model begins the next turn.
    /// </summary>
    public static ChatTemplate Plain { get; } = new(PlainSource, null, new Dictionary<string, object?>(), TimeProvider.System) { StopSequences = ["\nUser:"] };

    /// <summary>The template's text.</summary>
    public string Source { get; }

    /// <summary>Text that ends a turn in addition to the model's own end tokens; empty for a model's own template.</summary>
    public IReadOnlyList<string> StopSequences { get; private init; } = [];

    /// <summary>How the template marks reasoning, or null when it does not.</summary>
    public ReasoningFormat? Reasoning { get; }

    /// <summary>Whether the template writes documents into the prompt.</summary>
    internal bool ReadsDocuments { get; }

    /// <summary>How the model writes calls of tools.</summary>
    internal ToolCallFormat ToolCalls { get; }

    /// <summary>Whether a system message can be in the messages: some templates refuse it, or leave it out.</summary>
    internal bool ReadsSystemMessage => _readsSystem.Value;

    /// <summary>Parses a template.</summary>
    /// <param name="source">Jinja.</param>
    /// <param name="constants">Names that are always defined, such as bos_token.</param>
    /// <param name="time">Clock of <c>strftime_now</c>; null for the system's.</param>
    /// <exception cref="ChatTemplateException">The template cannot be parsed; the message has the line.</exception>
    public static ChatTemplate Parse(string source, IReadOnlyDictionary<string, object?>? constants = null, TimeProvider? time = null)
    {
        ArgumentNullException.ThrowIfNull(source);
        return new ChatTemplate(source, null, constants ?? new Dictionary<string, object?>(), time ?? TimeProvider.System);
    }

    /// <summary>The template of a model folder (chat_template.jinja, chat_template.json or tokenizer_config.json), or null when it has none.</summary>
    /// <exception cref="InvalidDataException">A file is not valid JSON.</exception>
    /// <exception cref="ChatTemplateException">The template cannot be parsed.</exception>
    public static ChatTemplate? Load(string folder, TimeProvider? time = null)
    {
        ArgumentException.ThrowIfNullOrEmpty(folder);
        var constants = new Dictionary<string, object?>();
        foreach (var name in (string[])["special_tokens_map.json", "tokenizer_config.json"])
        {
            foreach (var member in Members(folder, name).Where(member => member.Name.EndsWith("_token", StringComparison.Ordinal)))
            {
                var token = member.Value.ValueKind == JsonValueKind.Object && member.Value.TryGetProperty("content", out var content) ? content : member.Value;
                if (token.ValueKind == JsonValueKind.String) constants[member.Name] = token.GetString();
            }
        }

        var jinja = Path.Combine(folder, "chat_template.jinja");
        if (File.Exists(jinja)) return Parse(File.ReadAllText(jinja), constants, time);
        foreach (var name in (string[])["chat_template.json", "tokenizer_config.json"])
        {
            var template = Members(folder, name).FirstOrDefault(member => member.Name == "chat_template").Value;
            if (template.ValueKind is JsonValueKind.Undefined or JsonValueKind.Null) continue;
            if (template.ValueKind == JsonValueKind.String) return Parse(template.GetString()!, constants, time);
            var named = Named(template) ?? throw new InvalidDataException($"{Path.Combine(folder, name)}: chat_template is neither a text nor a list of named texts. Fetch it again.");
            if (named.Count > 0) return new ChatTemplate(named.GetValueOrDefault("default") ?? named.Values.First(), named.GetValueOrDefault("tool_use"), constants, time ?? TimeProvider.System);
        }

        return null;
    }

    /// <summary>Renders a conversation.</summary>
    /// <param name="variables">
    /// messages, tools, add_generation_prompt, enable_thinking and whatever else the template reads: null, booleans, numbers, strings, lists,
    /// string-keyed dictionaries, JSON elements and nodes. A list or dictionary that a template prints as it is appears as in Python; one that came
    /// in as JSON appears as JSON.
    /// </param>
    /// <exception cref="ChatTemplateException">The template refuses its input, uses something unknown, or exceeds the limits on work and output.</exception>
    public string Render(IReadOnlyDictionary<string, object?> variables)
    {
        ArgumentNullException.ThrowIfNull(variables);
        var template = _toolTemplate is not null && variables.TryGetValue("tools", out var tools) && tools is not null ? _toolTemplate : _template;
        return template.Render(_constants.Concat(variables), _time);
    }

    private bool FindsSystemMessage()
    {
        const string text = "Be brief.";
        static Dictionary<string, object?> Message(string role, string content) => new() { ["role"] = role, ["content"] = content };
        try
        {
            return Render(new Dictionary<string, object?> { ["messages"] = new List<object?> { Message("system", text), Message("user", "Hello") } }).Contains(text, StringComparison.Ordinal);
        }
        catch (ChatTemplateException)
        {
            return false;
        }
    }

    // [{"name": "default", "template": "…"}, {"name": "tool_use", "template": "…"}], or null for anything else.
    private static Dictionary<string, string>? Named(JsonElement list)
    {
        var named = new Dictionary<string, string>();
        if (list.ValueKind != JsonValueKind.Array) return null;
        foreach (var entry in list.EnumerateArray())
        {
            if (entry.ValueKind != JsonValueKind.Object || !entry.TryGetProperty("name", out var name) || !entry.TryGetProperty("template", out var template)
                || name.ValueKind != JsonValueKind.String || template.ValueKind != JsonValueKind.String)
                return null;
            named[name.GetString()!] = template.GetString()!;
        }

        return named;
    }

    private static List<JsonProperty> Members(string folder, string name)
    {
        var path = Path.Combine(folder, name);
        if (!File.Exists(path)) return [];
        try
        {
            using var document = JsonDocument.Parse(File.ReadAllBytes(path));
            return document.RootElement.ValueKind == JsonValueKind.Object ? [.. document.RootElement.Clone().EnumerateObject()] : [];
        }
        catch (JsonException exception)
        {
            throw new InvalidDataException($"{path} is not valid JSON ({exception.Message}). Fetch it again.", exception);
        }
    }

    // Inside a tag: the word alone may also be part of a text that the template writes.
    [GeneratedRegex(@"\{[{%][^}%]*\bdocuments\b")]
    private static partial Regex Documents();

    [GeneratedRegex(@"\{[{%][^}%]*\btools\b")]
    private static partial Regex Tools();
}
