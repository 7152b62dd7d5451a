using System.CommandLine;
using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.Json.Serialization;

namespace Decant.Tool;

/// <summary>How <c>--json</c> is written: snake_case, indented, without members that have no value.</summary>
internal static class ToolJson
{
    private static readonly JsonSerializerOptions _options = new()
    {
        WriteIndented = true,
        PropertyNamingPolicy = JsonNamingPolicy.SnakeCaseLower,
        DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull,
        Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping,
        Converters = { new JsonStringEnumConverter(JsonNamingPolicy.KebabCaseLower) },
    };

    /// <summary>The option that asks for it.</summary>
    public static Option<bool> Option() => new("--json") { Description = "Write JSON" };

    public static string Write<T>(T value) => JsonSerializer.Serialize(value, _options);
}
