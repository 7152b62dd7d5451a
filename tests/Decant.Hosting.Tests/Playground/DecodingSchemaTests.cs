using System.Text.Json;
using System.Text.Json.Nodes;

namespace Decant.Tests.Hosting.Playground;

/// <summary>The page knows of strategies what the registry knows.</summary>
[Collection(nameof(PlaygroundBrowser))]
public class DecodingSchemaTests(PlaygroundBrowser browser) : IAsyncLifetime
{
    private JsonNode _schema = null!;

    public static IEnumerable<object[]> Kinds => StrategySlot.All.Concat(StrategySlot.Parts).SelectMany(slot => slot.Kinds.Select(kind => new object[] { slot.Name, kind }));

    public async Task InitializeAsync()
    {
        using var http = new HttpClient();
        _schema = JsonNode.Parse(await http.GetStringAsync(new Uri(browser.Host.Url + "/decant/schema")))!;
    }

    public Task DisposeAsync() => Task.CompletedTask;

    [Fact]
    public void It_has_every_slot_and_part_with_its_kinds_in_the_registrys_order()
    {
        var registered = StrategySlot.All.Concat(StrategySlot.Parts).Select(slot => $"{slot.Name}: {string.Join(", ", slot.Kinds)}");
        Assert.Equal(registered, _schema["slots"]!.AsObject().Select(slot => $"{slot.Key}: {string.Join(", ", slot.Value!["kinds"]!.AsObject().Select(kind => kind.Key))}"));
    }

    [Fact]
    public void It_has_every_member_of_the_options_and_says_which_are_slots()
    {
        var members = _schema["options"]!["properties"]!.AsObject();
        Assert.Equal(DecodingJson.Default.DecodingOptions.Properties.Where(property => property.Get is not null).Select(property => property.Name), members.Select(member => member.Key));
        Assert.All(StrategySlot.All, slot => Assert.Equal(slot.Name, (string?)(members[slot.Name]!["slot"] ?? members[slot.Name]!["items"]!["slot"])));
    }

    [Theory]
    [MemberData(nameof(Kinds))]
    public void A_kinds_defaults_are_valid_and_every_member_is_explained(string slotName, string kind)
    {
        var slot = StrategySlot.All.Concat(StrategySlot.Parts).Single(each => each.Name == slotName);
        var entry = _schema["slots"]![slotName]!["kinds"]![kind]!;
        var properties = entry["schema"]!["properties"]!.AsObject();
        Assert.Equal(slot.TypeOf(kind)!.Properties.Where(property => property.Get is not null).Select(property => property.Name), properties.Select(property => property.Key));
        Assert.Equal(JsonSerializer.Serialize(slot.Default(kind)!, slot.TypeOf(kind)!), entry["default"]!.ToJsonString());
        SchemaCheck.IsValid(entry["default"]!, entry["schema"]!, _schema);
        Assert.NotEqual("", (string?)entry["description"]);
        Assert.All(properties.Where(property => property.Key != "kind"), property => Assert.False(string.IsNullOrEmpty((string?)property.Value!["description"]), $"{kind}: {property.Key} has no description."));
    }

    [Fact]
    public void Texts_name_kinds_members_and_values_as_they_are_written()
    {
        var draftModel = _schema["slots"]!["speculation"]!["kinds"]!["draft-model"]!["schema"]!["properties"]!;
        Assert.Contains("Null: `token-match`", (string?)draftModel["verifier"]!["description"], StringComparison.Ordinal);
        Assert.Contains("Default: `exact`", (string?)draftModel["require"]!["description"], StringComparison.Ordinal);
        Assert.Equal(["lossy", "greedy-equal", "exact"], draftModel["require"]!["enum"]!.AsArray().Select(value => (string?)value));
        Assert.StartsWith("The tokens that greedy decoding gives", (string?)draftModel["require"]!["descriptions"]!["greedy-equal"], StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("speculation", "draft-model", "max_tokens", "\"five\"")]
    [InlineData("speculation", "draft-model", "require", "\"nearly\"")]
    [InlineData("search", "best-of", "rewards", "[{\"kind\":\"none\"}]")]
    [InlineData("constraints", "choice", "choices", "[1]")]
    public void What_the_options_would_refuse_to_read_is_not_valid(string slot, string kind, string member, string value)
    {
        var entry = _schema["slots"]![slot]!["kinds"]![kind]!;
        var wrong = entry["default"]!.DeepClone();
        wrong[member] = JsonNode.Parse(value);
        Assert.ThrowsAny<Exception>(() => SchemaCheck.IsValid(wrong, entry["schema"]!, _schema));
        Assert.Throws<ArgumentException>(() => DecodingOptions.Read(wrong));
    }
}
