using System.Text;
using Decant.Connectors.Chat;
using Decant.Connectors.Embedded;
using Decant.Hosting;
using Microsoft.Extensions.AI;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Options;

namespace Decant.Tests.Hosting;

/// <summary>What a program says about decoding in its configuration and its container.</summary>
public class DecodingSettingsTests
{
    private const string Json = """
        {"Chat":{"ModelFolder":"decant-tiny-draft","Client":{"ModelId":"mine","PrefillChunk":16,"Cpu":{"Threads":1,"Weights":"Int8"},"Models":{"expert":"decant-tiny-polite"},
         "DefaultDecoding":{"processors":[{"kind":"frequency-presence","presence":0.5},"frequency-presence"],"constraints":[],"sampling":{"kind":"sample","temperature":0,"seed":7},
          "budget":{"max_forwards":3},"logprobs":null,"trace":false}}}}
        """;

    private static readonly DecodingOptions _decoding = new()
    {
        Processors = [new FrequencyPresenceOptions { Presence = 0.5f }, new FrequencyPresenceOptions()], Sampling = new SamplingOptions { Temperature = 0, Seed = 7 },
        Budget = new() { MaxForwards = 3 }, Trace = false,
    };

    [Theory]
    [InlineData(null)]
    [InlineData("small")]
    public async Task A_section_describes_a_client(string? key)
    {
        var builder = Host.CreateEmptyApplicationBuilder(null);
        builder.Configuration.AddJsonStream(new MemoryStream(Encoding.UTF8.GetBytes(Json)));
        var section = builder.Configuration.GetSection("Chat");
        _ = key is null ? builder.Services.AddLocalChatClient(section) : builder.Services.AddKeyedLocalChatClient(key, section);
        using var host = builder.Build();
        await host.StartAsync();
        var settings = host.Services.GetRequiredService<IOptionsMonitor<LocalChatClientSettings>>().Get(key ?? Options.DefaultName);
        Assert.Equal(_decoding, settings.Client.DefaultDecoding);
        Assert.Equal(("mine", 16, 1), (settings.Client.ModelId, settings.Client.PrefillChunk, settings.Client.Cpu.Threads));
        Assert.Equal("decant-tiny-polite", settings.Client.Models["expert"]);

        var client = host.Services.GetRequiredKeyedService<IChatClient>(key);
        var response = await client.GetResponseAsync("Hello!");
        Assert.Equal((3, ChatFinishReason.Length), (response.Usage!.OutputTokenCount, response.FinishReason));
        Assert.Equal(response.Text, (await client.GetResponseAsync("Hello!")).Text);
        await host.StopAsync();
    }

    [Fact]
    public void Later_configuration_and_code_change_single_values()
    {
        var settings = Settings(Json, new() { ["Chat:Client:DefaultDecoding:sampling:seed"] = "8", ["Chat:Client:DefaultDecoding:budget:max_forwards"] = "" }, settings =>
            settings.Client = settings.Client with { DefaultDecoding = settings.Client.DefaultDecoding! with { Trace = true } });
        Assert.Equal(_decoding with { Sampling = new SamplingOptions { Temperature = 0, Seed = 8 }, Budget = new(), Trace = true }, settings.Client.DefaultDecoding);
    }

    [Fact]
    public void A_kind_alone_will_do() => Assert.Equal(DecodingOptions.Read("sample"), Settings("""{"Chat":{"ModelFolder":"decant-tiny","Client":{"DefaultDecoding":"sample"}}}""").Client.DefaultDecoding);

    [Fact]
    public void Without_decoding_there_is_no_default() => Assert.Null(Settings("""{"Chat":{"ModelFolder":"decant-tiny"}}""").Client.DefaultDecoding);

    public static TheoryData<string, string[]> Faults => new()
    {
        { """{"Chat":{"ModelFolder":"decant-tiny","Client":{"DefaultDecoding":{"smapling":"sample"}}}}""", ["Chat:Client:DefaultDecoding", "smapling", "sampling"] },
        { """{"Chat":{"ModelFolder":"decant-tiny","Client":{"DefaultDecoding":{"sampling":"gready"}}}}""", ["Chat:Client:DefaultDecoding", "gready", "sample"] },
        { """{"Chat":{"ModelFolder":"decant-tiny","Client":{"DefaultDecoding":{"sampling":{"kind":"sample","top_p":2}}}}}""", ["Client", "TopP"] },
        { """{"Chat":{"ModelFolder":"decant-tiny","Client":{"PrefillChunk":0}}}""", ["Client", "PrefillChunk"] },
        { """{"Chat":{"ModelFolder":"decant-tiny","Client":{"PrefillChunk":"many"}}}""", ["Chat", "PrefillChunk"] },
        { """{"Chat":{"ModelFolder":"decant-tiny","Clinet":{"ModelId":"mine"}}}""", ["Chat", "Clinet"] },
        { """{"Chat":{"ModelFolder":"decant-tiny","Client":{"PrefilChunk":1}}}""", ["Chat", "PrefilChunk"] },
        { """{"Chat":{"ModelFolder":"decant-tiny","Client":{"Models":{"expert":"no/such/folder"}}}}""", ["Models[\"expert\"]", "no/such/folder"] },
        { """{"Chat":{"Client":{}}}""", ["ModelFolder"] },
        { """{"Chit":{"ModelFolder":"decant-tiny"}}""", ["Chat", "no such section"] },
    };

    [Theory]
    [MemberData(nameof(Faults))]
    public async Task What_cannot_be_read_stops_the_host_by_name(string json, string[] said)
    {
        var builder = Host.CreateEmptyApplicationBuilder(null);
        builder.Configuration.AddJsonStream(new MemoryStream(Encoding.UTF8.GetBytes(json)));
        builder.Services.AddLocalChatClient(builder.Configuration.GetSection("Chat"));
        using var host = builder.Build();
        var error = await Assert.ThrowsAsync<OptionsValidationException>(() => host.StartAsync());
        Assert.All(said, part => Assert.Contains(part, error.Message));
    }

    [Fact]
    public async Task Services_that_options_name_come_from_the_container()
    {
        var services = new ServiceCollection();
        services.AddSingleton("the");
        services.AddDecodingService<ProcessorFactory>("loud", provider => _ => new Insisting(provider.GetRequiredService<string>().Length));
        foreach (var key in (string[])["one", "two"])
            services.AddKeyedLocalChatClient(key, settings => (settings.ModelFolder, settings.Client) = (EmbeddedModels.Draft, new LocalChatClientOptions { DefaultDecoding = new() { Processors = [new CustomProcessorOptions { Name = "loud" }] } }));
        await using var provider = services.BuildServiceProvider();
        foreach (var key in (string[])["one", "two"])
        {
            var client = provider.GetRequiredKeyedService<IChatClient>(key);
            var vocabulary = client.GetService<ITokenVocabulary>()!;
            var expected = Encoding.UTF8.GetString([.. Enumerable.Repeat(vocabulary.Bytes(300 + "the".Length).ToArray(), 3).SelectMany(bytes => bytes)]);
            Assert.Equal(expected.Trim(), (await client.GetResponseAsync("Hello!", new ChatOptions { MaxOutputTokens = 3 })).Text.Trim());
            var error = Assert.Throws<ArgumentException>(() => client.GetStreamingResponseAsync("Hi", new ChatOptions().WithDecoding(new CustomProcessorOptions { Name = "quiet" })));
            Assert.Contains("Registered: loud", error.Message);
        }
    }

    [Fact]
    public void Arguments_are_checked()
    {
        var services = new ServiceCollection();
        Assert.Throws<ArgumentNullException>("section", () => services.AddLocalChatClient((IConfigurationSection)null!));
        Assert.Throws<ArgumentException>("serviceKey", () => services.AddKeyedLocalChatClient("", new ConfigurationBuilder().Build().GetSection("a")));
        Assert.Throws<ArgumentException>("name", () => services.AddDecodingService("", _ => "a"));
        Assert.Throws<ArgumentNullException>("create", () => services.AddDecodingService<string>("a", null!));
    }

    private static LocalChatClientSettings Settings(string json, Dictionary<string, string?>? later = null, Action<LocalChatClientSettings>? configure = null)
    {
        var configuration = new ConfigurationBuilder().AddJsonStream(new MemoryStream(Encoding.UTF8.GetBytes(json))).AddInMemoryCollection(later ?? []).Build();
        var services = new ServiceCollection();
        services.AddLocalChatClient(configuration.GetSection("Chat"));
        services.Configure(configure ?? (_ => { }));
        using var provider = services.BuildServiceProvider();
        return provider.GetRequiredService<IOptions<LocalChatClientSettings>>().Value;
    }

    /// <summary>Wants one token and no other.</summary>
    private sealed class Insisting(int offset) : ILogitProcessor
    {
        public void Apply(GenerationState state, Span<float> logits) => logits[300 + offset] += 1000;

        public void Commit(int token)
        {
        }

        public void Rollback(int tokenCount)
        {
        }

        public IRowProcessor Fork() => this;
    }
}
