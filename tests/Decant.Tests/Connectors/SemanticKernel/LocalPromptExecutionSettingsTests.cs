using System.Reflection;
using System.Text.Json;
using Decant.Connectors.Chat;
using Decant.Connectors.SemanticKernel;
using Microsoft.Extensions.AI;
using Microsoft.SemanticKernel;

namespace Decant.Tests.Connectors.SemanticKernel;

public class LocalPromptExecutionSettingsTests
{
    private static LocalPromptExecutionSettings All => new()
    {
        ServiceId = "service", ModelId = "model", Temperature = 0.7f, TopP = 0.9f, TopK = 40, MinP = 0.05f, FrequencyPenalty = 0.5f, PresencePenalty = -0.5f, RepetitionPenalty = 1.5f, NoRepeatNgramSize = 4, Seed = 1L << 40, MaxTokens = 100,
        StopSequences = ["a", "b"], Decoding = DecodingOptions.Read("sample"), Documents = [new ChatDocument("text") { Title = "title", Score = 2 }, new ChatDocument("other")],
        ExtensionData = new Dictionary<string, object> { ["colour"] = "red" },
    };

    private static IEnumerable<PropertyInfo> OwnMembers => typeof(LocalPromptExecutionSettings).GetProperties(BindingFlags.Instance | BindingFlags.Public | BindingFlags.DeclaredOnly);

    [Fact]
    public void Every_member_reaches_the_chat_options()
    {
        var options = All.ToChatOptions(null)!;
        Assert.Equal(("model", 0.7f, 0.9f, 40), (options.ModelId, options.Temperature, options.TopP, options.TopK));
        Assert.Equal((0.5f, -0.5f, 1L << 40, 100), (options.FrequencyPenalty, options.PresencePenalty, options.Seed, options.MaxOutputTokens));
        Assert.Equal(["a", "b"], options.StopSequences!);
        Assert.Equal(0.05, Assert.IsType<double>(options.AdditionalProperties!["min_p"]), 6);
        Assert.Same(Assert.IsType<DecodingOptions>(options.AdditionalProperties["decoding"]), options.GetDecoding());
        Assert.Equal(All.Documents!, Assert.IsType<ChatDocument[]>(options.AdditionalProperties["documents"]));
        Assert.Equal("red", options.AdditionalProperties["colour"]);
        Assert.Equal(1.5, Assert.IsType<double>(options.AdditionalProperties["repetition_penalty"]));
        Assert.Equal(4, Assert.IsType<double>(options.AdditionalProperties["no_repeat_ngram_size"]));
        Assert.Equal(["colour", "decoding", "documents", "min_p", "no_repeat_ngram_size", "repetition_penalty"], options.AdditionalProperties.Keys.Order());
    }

    [Fact]
    public void What_is_unset_says_nothing()
    {
        var options = new LocalPromptExecutionSettings().ToChatOptions(null)!;
        Assert.Equal(JsonSerializer.Serialize(new ChatOptions(), AIJsonUtilities.DefaultOptions), JsonSerializer.Serialize(options, AIJsonUtilities.DefaultOptions));
        Assert.Empty(options.AdditionalProperties ?? []);
    }

    [Fact]
    public void A_clone_has_every_member_and_its_own_data()
    {
        var settings = All;
        settings.Freeze();
        var clone = Assert.IsType<LocalPromptExecutionSettings>(settings.Clone());
        foreach (var member in OwnMembers)
        {
            Assert.True(member.GetValue(settings) is not null, $"{member.Name} is not set by this test.");
            Assert.Equal(member.GetValue(settings), member.GetValue(clone));
        }

        Assert.Equal(("service", "model"), (clone.ServiceId, clone.ModelId));
        clone.ExtensionData!["colour"] = "blue";
        Assert.Equal("red", settings.ExtensionData!["colour"]);
    }

    [Fact]
    public void Frozen_settings_cannot_be_changed()
    {
        var settings = All;
        settings.Freeze();
        foreach (var member in OwnMembers)
            Assert.IsType<InvalidOperationException>(Assert.Throws<TargetInvocationException>(() => member.SetValue(settings, member.GetValue(settings))).InnerException);
    }

    [Fact]
    public void Json_has_the_names_of_prompt_templates_and_is_read_back()
    {
        var json = JsonSerializer.Serialize(All);
        using var document = JsonDocument.Parse(json);
        string[] names = ["temperature", "top_p", "top_k", "min_p", "frequency_penalty", "presence_penalty", "repetition_penalty", "no_repeat_ngram_size", "seed", "max_tokens", "stop_sequences", "decoding", "documents", "colour", "service_id", "model_id"];
        Assert.All(names, name => Assert.True(document.RootElement.TryGetProperty(name, out _), name));
        var back = JsonSerializer.Deserialize<LocalPromptExecutionSettings>(json)!;
        foreach (var member in OwnMembers) Assert.Equal(member.GetValue(All), member.GetValue(back));
    }

    public static TheoryData<string, Dictionary<string, object>> Data => new()
    {
        { "typed", new()
            {
                ["temperature"] = 0.5, ["top_k"] = 3, ["seed"] = 7, ["min_p"] = 0.25f, ["max_tokens"] = 9L, ["stop_sequences"] = new[] { "x" },
                ["decoding"] = new FrequencyPresenceOptions { Presence = 1 }, ["documents"] = new[] { new ChatDocument("d") { Score = 0.5 } }, ["colour"] = "red",
            }
        },
        { "texts, as YAML has them", new()
            {
                ["temperature"] = "0.5", ["top_k"] = "3", ["seed"] = "7", ["min_p"] = "0.25", ["max_tokens"] = "9", ["stop_sequences"] = new List<object> { "x" },
                ["decoding"] = new Dictionary<object, object> { ["kind"] = "frequency-presence", ["presence"] = "1" },
                ["documents"] = new List<object> { new Dictionary<object, object> { ["text"] = "d", ["score"] = "0.5" } }, ["colour"] = "red",
            }
        },
        { "JSON", JsonSerializer.Deserialize<Dictionary<string, object>>("""
            {"temperature":0.5,"top_k":3,"seed":7,"min_p":0.25,"max_tokens":9,"stop_sequences":["x"],"decoding":{"kind":"frequency-presence","presence":1},"documents":{"text":"d","score":0.5},"colour":"red"}
            """)!
        },
    };

    [Theory]
    [MemberData(nameof(Data))]
    public void Plain_settings_become_members(string form, Dictionary<string, object> data)
    {
        var plain = new PromptExecutionSettings { ServiceId = "service", ModelId = "model", ExtensionData = data, FunctionChoiceBehavior = FunctionChoiceBehavior.None() };
        plain.Freeze();
        var settings = LocalPromptExecutionSettings.FromExecutionSettings(plain);
        Assert.Equal(("service", "model", 0.5f, 3, 7L, 0.25f, 9), (settings.ServiceId, settings.ModelId, settings.Temperature, settings.TopK, settings.Seed, settings.MinP, settings.MaxTokens));
        Assert.Equal(["x"], settings.StopSequences!);
        Assert.Equal(DecodingOptions.Read(new FrequencyPresenceOptions { Presence = 1 }), settings.Decoding);
        Assert.Equal([new ChatDocument("d") { Score = 0.5 }], settings.Documents!);
        Assert.Equal(["colour"], settings.ExtensionData!.Keys);
        Assert.Same(plain.FunctionChoiceBehavior, settings.FunctionChoiceBehavior);
        Assert.True(plain.ExtensionData!.ContainsKey("decoding"), form);
    }

    [Fact]
    public void Own_settings_are_themselves_and_none_are_the_defaults()
    {
        var settings = All;
        Assert.Same(settings, LocalPromptExecutionSettings.FromExecutionSettings(settings));
        Assert.All(OwnMembers, member => Assert.Null(member.GetValue(LocalPromptExecutionSettings.FromExecutionSettings(null))));
    }

    [Fact]
    public void What_cannot_be_read_says_what_is_known()
    {
        Assert.Contains("frequency-presence", Assert.Throws<ArgumentException>(() => JsonSerializer.Deserialize<LocalPromptExecutionSettings>("""{"decoding":"gready"}""")).Message);
        var plain = new PromptExecutionSettings { ExtensionData = new Dictionary<string, object> { ["documents"] = 3 } };
        Assert.Contains("documents", Assert.Throws<ArgumentException>(() => LocalPromptExecutionSettings.FromExecutionSettings(plain)).Message);
    }
}
