using System.Text.Json.Nodes;

namespace Decant.Tests.Decoding;

/// <summary>What every strategy of every slot promises as data, whatever it does: the registry decides which are tested.</summary>
public class StrategyContractTests
{
    public static TheoryData<string> Kinds => [.. StrategySamples.Kinds];

    [Theory]
    [MemberData(nameof(Kinds))]
    public void Written_and_read_it_is_the_same(string kind)
    {
        var options = DecodingOptions.Read(StrategySamples.Of(kind).Changed);
        Assert.Equal(options, DecodingOptions.Read(options.ToString()));
        Assert.Equal(options.GetHashCode(), DecodingOptions.Read(options.ToString()).GetHashCode());
        Assert.Equal(options, DecodingOptions.Read(Json(kind)));
        Assert.Equal(options, System.Text.Json.JsonSerializer.Deserialize<DecodingOptions>(System.Text.Json.JsonSerializer.Serialize(options)));
    }

    [Theory]
    [MemberData(nameof(Kinds))]
    public void Its_text_is_unlike_that_of_any_other(string kind)
    {
        var texts = StrategySamples.Kinds.SelectMany(other => new[] { Text(StrategySamples.Of(other).Changed), Text(Default(other)) }).ToList();
        Assert.Single(texts, Text(StrategySamples.Of(kind).Changed));
        Assert.Single(texts, Text(Default(kind)));
    }

    [Theory]
    [MemberData(nameof(Kinds))]
    public void Every_member_of_its_sample_is_not_the_default(string kind)
    {
        var members = Json(Default(kind));
        foreach (var (name, value) in Json(kind))
        {
            if (name != "kind") Assert.False(JsonNode.DeepEquals(value, members[name]), $"{name} has its default in StrategySamples: nothing shows that it is written and read.");
        }
    }

    [Theory]
    [MemberData(nameof(Kinds))]
    public void It_is_read_from_a_dictionary_of_texts(string kind)
        => Assert.Equal(DecodingOptions.Read(StrategySamples.Of(kind).Changed), DecodingOptions.Read(Scalars(Json(kind))!));

    [Theory]
    [MemberData(nameof(Kinds))]
    public void Members_that_are_not_said_have_their_defaults(string kind)
    {
        Assert.Equal(DecodingOptions.Read(Default(kind)), DecodingOptions.Read(new JsonObject { ["kind"] = kind }));
        foreach (var (name, value) in Json(kind))
        {
            if (name == "kind") continue;
            var expected = Json(Default(kind));
            expected[name] = value!.DeepClone();
            Assert.Equal(DecodingOptions.Read(expected), DecodingOptions.Read(new JsonObject { ["kind"] = kind, [name] = value.DeepClone() }));
        }
    }

    [Theory]
    [MemberData(nameof(Kinds))]
    public void Its_bare_kind_has_the_defaults(string kind) => Assert.Equal(DecodingOptions.Read(Default(kind)), DecodingOptions.Read(kind));

    [Theory]
    [MemberData(nameof(Kinds))]
    public void A_misspelt_member_throws_and_lists_the_members(string kind)
    {
        var json = Json(kind);
        json["mispelt"] = 1;
        var message = Assert.Throws<ArgumentException>(() => DecodingOptions.Read(json)).Message;
        Assert.Contains("mispelt", message);
        Assert.Contains(kind, message);
        foreach (var (name, _) in Json(kind)) Assert.Contains(name == "kind" ? kind : name, message);
    }

    [Theory]
    [MemberData(nameof(Kinds))]
    public void What_is_out_of_range_is_refused_by_name(string kind)
    {
        StrategySamples.Of(kind).Changed.Validate();
        foreach (var strategy in StrategySamples.Of(kind).OutOfRange)
        {
            var error = Assert.ThrowsAny<ArgumentException>(strategy.Validate);
            Assert.StartsWith($"{kind}: ", error.Message);
            Assert.NotNull(strategy.GetType().GetProperty(error.ParamName!));
        }
    }

    private static Strategy Default(string kind) => StrategySlot.All.Select(slot => slot.Default(kind)).First(strategy => strategy is not null)!;

    private static string Text(Strategy strategy) => DecodingOptions.Read(strategy).ToString();

    private static JsonObject Json(string kind) => Json(StrategySamples.Of(kind).Changed);

    private static JsonObject Json(Strategy strategy)
    {
        var value = JsonNode.Parse(Text(strategy))!.AsObject().Single().Value!;
        return ((value is JsonArray list ? list[0]! : value).DeepClone()).AsObject();
    }

    // As a YAML reader leaves it: every scalar a text.
    private static object? Scalars(JsonNode? node) => node switch
    {
        JsonObject members => members.ToDictionary(member => (object)member.Key, member => Scalars(member.Value)),
        JsonArray items => items.Select(Scalars).ToList(),
        null => null,
        _ => node.ToString(),
    };
}
