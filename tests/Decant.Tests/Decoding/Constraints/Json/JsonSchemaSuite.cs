using System.Formats.Tar;
using System.IO.Compression;
using System.Text.Json;

namespace Decant.Tests.Decoding.Constraints.Json;

/// <summary>The JSON-Schema-Test-Suite: groups of instances that a schema allows or does not.</summary>
internal static class JsonSchemaSuite
{
    private const string Folder = "structured/JSON-Schema-Test-Suite";

    /// <summary>A schema and its instances.</summary>
    /// <param name="File">Its file, such as "optional/format/date".</param>
    internal sealed record Group(string File, string Description, string Schema, IReadOnlyList<(JsonElement Data, bool IsValid)> Tests);

    /// <summary>The groups of a draft, as it calls itself: 2020-12 or 7.</summary>
    public static IReadOnlyList<Group> Read(string draft)
    {
        var groups = new List<Group>();
        foreach (var (name, text) in Files($"tests_draft{draft}.tar.gz"))
        {
            var file = name[(name.IndexOf($"draft{draft}/", StringComparison.Ordinal) + draft.Length + 6)..^5];
            groups.AddRange(JsonDocument.Parse(text).RootElement.EnumerateArray().Select(group => new Group(
                file, group.GetProperty("description").GetString()!, Named(group.GetProperty("schema"), draft),
                [.. group.GetProperty("tests").EnumerateArray().Select(test => (test.GetProperty("data"), test.GetProperty("valid").GetBoolean()))])));
        }

        return [.. groups.OrderBy(group => group.File, StringComparer.Ordinal)];
    }

    /// <summary>What schemas of the suite refer to.</summary>
    public static ValueDictionary<string, string> Remotes()
        => Files("remotes.tar.gz").ToDictionary(file => "http://localhost:1234/" + file.Name[(file.Name.IndexOf("remotes/", StringComparison.Ordinal) + 8)..], file => file.Text);

    // Schemas of draft 7 do not say that they are.
    private static string Named(JsonElement schema, string draft) => draft == "7" && schema.ValueKind == JsonValueKind.Object && !schema.TryGetProperty("$schema", out _)
        ? "{\"$schema\":\"http://json-schema.org/draft-07/schema#\"" + (schema.EnumerateObject().Any() ? "," : "") + schema.GetRawText()[1..]
        : schema.GetRawText();

    private static List<(string Name, string Text)> Files(string archive)
    {
        var files = new List<(string Name, string Text)>();
        using var stream = new GZipStream(File.OpenRead(TestData.Path($"{Folder}/{archive}")), CompressionMode.Decompress);
        using var reader = new TarReader(stream);
        while (reader.GetNextEntry() is { } entry)
        {
            if (entry.DataStream is null || !entry.Name.EndsWith(".json", StringComparison.Ordinal)) continue;
            using var text = new StreamReader(entry.DataStream);
            files.Add((entry.Name, text.ReadToEnd()));
        }

        return files;
    }
}
