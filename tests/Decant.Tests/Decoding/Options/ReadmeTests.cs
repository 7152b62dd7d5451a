using System.Text.Json;
using System.Text.RegularExpressions;

namespace Decant.Tests.Decoding.Options;

/// <summary>The README knows what the code knows.</summary>
public partial class ReadmeTests
{
    private static readonly string _readme = File.ReadAllText(Path.Combine(AppContext.BaseDirectory, "README.md"));

    [Fact]
    public void The_table_lists_every_kind_once_under_its_slot()
    {
        var listed = Row().Matches(_readme).Select(match => (Kind: match.Groups["kind"].Value, Slot: match.Groups["slot"].Value)).ToList();
        var known = StrategySlot.All.SelectMany(slot => slot.Kinds.Select(kind => (Kind: kind, Slot: slot.Name))).ToList();
        string[] faults =
        [
            .. known.Except(listed).Select(line => $"the line \"| `{line.Kind}` | {line.Slot} | what it does |\" is missing"),
            .. listed.Except(known).Select(line => $"the line \"| `{line.Kind}` | {line.Slot} | …\" names a kind that this slot does not have"),
            .. listed.GroupBy(line => line).Where(group => group.Count() > 1).Select(group => $"`{group.Key.Kind}` is listed twice"),
        ];
        Assert.True(faults.Length == 0, $"README.md, \"Choose how a call decodes\": {string.Join("; ", faults)}.");
    }

    [Fact]
    public void Every_decoding_written_as_json_can_be_read()
    {
        var decodings = JsonBlock().Matches(_readme).SelectMany(match => Decodings(JsonDocument.Parse(match.Groups["json"].Value).RootElement)).ToList();
        Assert.NotEmpty(decodings);
        Assert.All(decodings, decoding => DecodingOptions.Read(decoding).Validate());
    }

    private static IEnumerable<JsonElement> Decodings(JsonElement value) => value.ValueKind == JsonValueKind.Object
        ? value.EnumerateObject().SelectMany(member => member.Name == "decoding" ? [member.Value] : Decodings(member.Value))
        : [];

    [GeneratedRegex(@"^\| `(?<kind>[a-z0-9-]+)` \| (?<slot>[a-z]+) \| \S", RegexOptions.Multiline)]
    private static partial Regex Row();

    [GeneratedRegex(@"```json\r?\n(?<json>.*?)```", RegexOptions.Singleline)]
    private static partial Regex JsonBlock();
}
