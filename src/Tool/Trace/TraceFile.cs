using System.Text.Json;
using Decant.Connectors.Chat;
using Decant.Decoding;

namespace Decant.Tool;

/// <summary>Traces in a file: one as it is, several as a JSON array, or a page to look at.</summary>
internal static class TraceFile
{
    public static void Write(string path, IReadOnlyList<DecodingTrace> traces) => File.WriteAllText(path, Path.GetExtension(path) == ".html"
        ? TracePage.Render(traces)
        : traces.Count == 1 ? traces[0].ToJson() : $"[{string.Join(",\n", traces.Select(trace => trace.ToJson()))}]");

    /// <exception cref="InvalidDataException">It holds no traces; the message says where it is wrong.</exception>
    public static IReadOnlyList<DecodingTrace> Read(string name, string json)
    {
        try
        {
            using var document = JsonDocument.Parse(json);
            return document.RootElement.ValueKind == JsonValueKind.Array
                ? [.. document.RootElement.EnumerateArray().Select(element => DecodingTrace.FromJson(element.GetRawText()))]
                : [DecodingTrace.FromJson(json)];
        }
        catch (Exception exception) when (exception is JsonException or ArgumentException)
        {
            throw new InvalidDataException($"{name} holds no trace: {exception.Message} Write one with decant chat --trace FILE.json, or DecodingTrace.ToJson.", exception);
        }
    }
}
