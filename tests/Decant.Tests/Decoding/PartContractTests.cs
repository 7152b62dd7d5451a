using System.Text.Json.Nodes;

namespace Decant.Tests.Decoding;

/// <summary>What every part of a strategy promises as data, whatever it does: the registry decides which are tested.</summary>
public class PartContractTests
{
    public static TheoryData<string> Kinds => [.. PartSamples.Kinds];

    [Theory]
    [MemberData(nameof(Kinds))]
    public void Written_and_read_inside_a_strategy_it_is_the_same(string kind)
    {
        var options = DecodingOptions.Read(With(PartSamples.Of(kind).Changed));
        Assert.Equal(options, DecodingOptions.Read(options.ToString()));
        Assert.Equal(options.GetHashCode(), DecodingOptions.Read(options.ToString()).GetHashCode());
        Assert.Equal(PartSamples.Of(kind).Changed, Part(DecodingOptions.Read(options.ToString()), kind));
    }

    [Theory]
    [MemberData(nameof(Kinds))]
    public void Every_member_of_its_sample_is_not_the_default(string kind)
    {
        var defaults = Json(Default(kind));
        foreach (var (name, value) in Json(PartSamples.Of(kind).Changed))
        {
            if (name != "kind") Assert.False(JsonNode.DeepEquals(value, defaults[name]), $"{name} has its default in PartSamples: nothing shows that it is written and read.");
        }
    }

    [Theory]
    [MemberData(nameof(Kinds))]
    public void Its_bare_kind_has_the_defaults(string kind)
        => Assert.Equal(Default(kind), Part(DecodingOptions.Read(Record(kind, JsonValue.Create(kind))), kind));

    [Theory]
    [MemberData(nameof(Kinds))]
    public void Members_that_are_not_said_have_their_defaults(string kind)
    {
        foreach (var (name, value) in Json(PartSamples.Of(kind).Changed))
        {
            var expected = Json(Default(kind));
            expected[name] = value!.DeepClone();
            Assert.Equal(Part(DecodingOptions.Read(Record(kind, expected)), kind), Part(DecodingOptions.Read(Record(kind, new JsonObject { ["kind"] = kind, [name] = value.DeepClone() })), kind));
        }
    }

    [Theory]
    [MemberData(nameof(Kinds))]
    public void A_misspelt_member_throws_and_lists_the_members(string kind)
    {
        var json = Json(PartSamples.Of(kind).Changed);
        var names = json.Select(member => member.Key == "kind" ? kind : member.Key).ToList();
        json["mispelt"] = 1;
        var message = Assert.Throws<ArgumentException>(() => DecodingOptions.Read(Record(kind, json))).Message;
        Assert.Contains("mispelt", message);
        Assert.All(names, name => Assert.Contains(name, message));
    }

    [Theory]
    [MemberData(nameof(Kinds))]
    public void An_unknown_kind_throws_and_lists_the_kinds(string kind)
        => Assert.Contains(kind, Assert.Throws<ArgumentException>(() => DecodingOptions.Read(Record(kind, JsonValue.Create("no-such-part")))).Message);

    [Theory]
    [MemberData(nameof(Kinds))]
    public void What_is_out_of_range_is_refused_by_name_by_the_record_around_it(string kind)
    {
        With(PartSamples.Of(kind).Changed).Validate();
        foreach (var part in PartSamples.Of(kind).OutOfRange)
        {
            var error = Assert.ThrowsAny<ArgumentException>(With(part).Validate);
            Assert.StartsWith($"{kind}: ", error.Message);
            Assert.NotNull(part.GetType().GetProperty(error.ParamName!));
        }
    }

    private static StrategySlot SlotOf(string kind) => StrategySlot.Parts.First(slot => slot.Kinds.Contains(kind));

    private static Strategy Default(string kind) => SlotOf(kind).Default(kind)!;

    private static Strategy With(Strategy part) => part switch
    {
        LengthOptions length => new PromptLookupOptions { Length = length },
        RewardOptions reward => new BestOfOptions { Rewards = [reward] },
        _ => new PromptLookupOptions { Verifier = (VerifierOptions)part },
    };

    private static Strategy Part(DecodingOptions options, string kind) => SlotOf(kind).Name switch
    {
        "length" => options.Speculation!.Length!,
        "reward" => ((RewardedSearchOptions)options.Search!).Rewards[0],
        _ => options.Speculation!.Verifier!,
    };

    private static JsonObject Json(Strategy part)
    {
        var options = JsonNode.Parse(DecodingOptions.Read(With(part)).ToString())!;
        return (part is RewardOptions ? options["search"]!["rewards"]![0]! : options["speculation"]![SlotOf(part.Kind).Name]!).DeepClone().AsObject();
    }

    // A single reward is read as a list of one.
    private static JsonObject Record(string kind, JsonNode? part) => SlotOf(kind).Name == "reward"
        ? new() { ["kind"] = "best-of", ["rewards"] = part }
        : new() { ["kind"] = "prompt-lookup", [SlotOf(kind).Name] = part };
}
