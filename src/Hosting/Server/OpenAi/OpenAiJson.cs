using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.Json.Serialization;

namespace Decant.Hosting.Server;

/// <summary>How OpenAI's API is written: snake_case members, nulls left out.</summary>
internal static class OpenAiJson
{
    public static JsonSerializerOptions Options { get; } = new()
    {
        PropertyNamingPolicy = JsonNamingPolicy.SnakeCaseLower,
        DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull,
        AllowDuplicateProperties = false,
        Converters = { new CheckedElement() },
        Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping,
    };
}
