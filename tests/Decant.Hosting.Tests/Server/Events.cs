using System.Text.Json;

namespace Decant.Tests.Hosting.Server;

/// <summary>Reads server-sent events line by line, as streaming readers do.</summary>
internal static class Events
{
    private const string Prefix = "data: ";
    private const string Done = "[DONE]";

    /// <summary>All events; those of a stream without an error end with [DONE].</summary>
    public static async Task<List<JsonElement>> ReadAsync(HttpResponseMessage response)
    {
        var events = new List<JsonElement>();
        using var reader = new StreamReader(await response.Content.ReadAsStreamAsync());
        var isDone = false;
        while (await reader.ReadLineAsync() is { } line)
        {
            Assert.False(isDone && line.Length > 0, $"behind the end: {line}");
            if (line.Length == 0) continue;
            Assert.StartsWith(Prefix, line);
            isDone = line[Prefix.Length..] == Done;
            if (!isDone) events.Add(JsonElement.Parse(line[Prefix.Length..]));
        }

        Assert.True(isDone || events[^1].TryGetProperty("error", out _), "The stream ended without [DONE] and without an error.");
        return events;
    }

    /// <summary>The answer's text that the events add up to, or another member of their deltas.</summary>
    public static string Text(IEnumerable<JsonElement> events, int choice = 0, string member = "content") => string.Concat(events
        .SelectMany(chunk => chunk.GetProperty("choices").EnumerateArray())
        .Where(item => item.GetProperty("index").GetInt32() == choice)
        .Select(item => item.TryGetProperty("text", out var text) ? text.GetString() : item.GetProperty("delta").TryGetProperty(member, out var content) ? content.GetString() : ""));
}
