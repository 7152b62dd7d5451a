using Decant.Connectors.Chat;
using Decant.Decoding;
using Decant.Tests.Conformance;
using Microsoft.Extensions.AI;

namespace Decant.Tests.Connectors.Chat;

/// <summary>An option that nobody reads changes nothing: each must change the answer.</summary>
public class OptionsChangeOutputTests
{
    public static TheoryData<string, ChatOptions> Changes => new()
    {
        { "Temperature", new() { Seed = 1, Temperature = 0 } },
        { "TopK", new() { Seed = 1, TopK = 1 } },
        { "TopP", new() { Seed = 1, TopP = 0.01f } },
        { "FrequencyPenalty", new() { Seed = 1, FrequencyPenalty = 2 } },
        { "PresencePenalty", new() { Seed = 1, PresencePenalty = 2 } },
        { "Seed", new() { Seed = 2 } },
        { "MaxOutputTokens", new() { Seed = 1, MaxOutputTokens = 2 } },
        { "StopSequences", new() { Seed = 1, StopSequences = [.. "abcdefghijklm".Select(letter => letter.ToString())] } },
        { "Instructions", new() { Seed = 1, Instructions = "Be brief." } },
        { "Reasoning on", new() { Seed = 1, Reasoning = new() { Effort = ReasoningEffort.High } } },
        { "Reasoning off", new() { Seed = 1, Reasoning = new() { Effort = ReasoningEffort.None } } },
        { "min_p", new() { Seed = 1, AdditionalProperties = new() { ["min_p"] = "1" } } },
        { "raw", new() { Seed = 1, RawRepresentationFactory = _ => new LocalGenerationOptions { Temperature = 0 } } },
    };

    [Theory]
    [MemberData(nameof(Changes))]
    public async Task Option(string name, ChatOptions options)
    {
        using var client = TestChat.Client(TestChat.Babbler());
        var without = (await client.GetResponseAsync("Hi", new ChatOptions { Seed = 1 })).Text;
        Assert.Equal(without, (await client.GetResponseAsync("Hi", new ChatOptions { Seed = 1 })).Text);
        Assert.True(without != (await client.GetResponseAsync("Hi", options)).Text, $"{name} changed nothing.");
    }

    [Fact]
    public async Task Default_sampling_is_used()
    {
        using var client = TestChat.Client(TestChat.Babbler(), new LocalChatClientOptions { DefaultDecoding = new DecodingOptions { Sampling = new SamplingOptions { Temperature = 0 } } });
        var greedy = (await client.GetResponseAsync("Hi", new ChatOptions { Temperature = 0 })).Text;
        for (var i = 0; i < 5; i++) Assert.Equal(greedy, (await client.GetResponseAsync("Hi")).Text);
    }
}
