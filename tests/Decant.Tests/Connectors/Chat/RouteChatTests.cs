using Decant.Connectors.Chat;
using Decant.Connectors.Embedded;
using Decant.Decoding;
using Microsoft.Extensions.AI;

namespace Decant.Tests.Connectors.Chat;

/// <summary>Routes through the chat client, on the embedded models: decant-tiny with decant-tiny-draft as the small one.</summary>
public sealed class RouteChatTests(RouteChatTests.Clients clients) : IClassFixture<RouteChatTests.Clients>
{
    private static readonly string[] _questions = ["Tell me a story about Sotasha.", "What is 58 + 67?", "Where does Sotasha live?"];
    private static readonly EntropySwitchOptions _switch = new() { Small = EmbeddedModels.Draft };
    private static readonly CollaborationOptions _collaboration = new() { Small = EmbeddedModels.Draft };

    [Theory]
    [InlineData(0, RouteStart.Large)]
    [InlineData(0, RouteStart.Small)]
    [InlineData(0.8f, RouteStart.Large)]
    [InlineData(0.8f, RouteStart.Small)]
    public async Task At_its_limits_a_switch_writes_what_one_models_client_does(float temperature, RouteStart start)
    {
        foreach (var question in _questions)
        {
            var (large, all) = await AskAsync(clients.Large, question, temperature, _switch with { Threshold = -1, StartWith = start });
            Assert.Equal((await AskAsync(clients.Large, question, temperature)).Text, large);
            Assert.Equal(all.OutputTokenCount, Assert.Single(all.Route!.Models).Value);

            var (small, none) = await AskAsync(clients.Large, question, temperature, _switch with { Threshold = 64, StartWith = start });
            Assert.Equal((await AskAsync(clients.Small, question, temperature)).Text, small);
            Assert.Equal((EmbeddedModels.Draft, none.OutputTokenCount), (Assert.Single(none.Route!.Models).Key, none.Route.Models[EmbeddedModels.Draft]));
        }
    }

    [Theory]
    [InlineData(0)]
    [InlineData(0.8f)]
    public async Task Collaboration_never_and_always_are_one_models_text_too(float temperature)
    {
        foreach (var question in _questions)
        {
            Assert.Equal((await AskAsync(clients.Small, question, temperature)).Text, (await AskAsync(clients.Large, question, temperature, _collaboration with { Router = CollaborationRouter.Never })).Text);
            Assert.Equal((await AskAsync(clients.Large, question, temperature)).Text, (await AskAsync(clients.Large, question, temperature, _collaboration with { Router = CollaborationRouter.Always })).Text);
        }
    }

    [Theory]
    [InlineData(0)]
    [InlineData(0.8f)]
    public async Task Asked_always_by_speculation_the_large_models_text_takes_it_fewer_forwards(float temperature)
    {
        foreach (var question in _questions)
        {
            var (expected, plain) = await AskAsync(clients.Uncached, question, temperature);
            var (text, statistics) = await AskAsync(clients.Uncached, question, temperature, _collaboration with { Router = CollaborationRouter.Always, Method = CollaborationMethod.Speculative });
            Assert.Equal(expected, text);
            Assert.Equal(plain.OutputTokenCount, statistics.OutputTokenCount);
            Assert.Equal(statistics.OutputTokenCount, statistics.Route!.Models[EmbeddedModels.Tiny]);
        }

        var response = await clients.Large.GetResponseAsync(_questions[0], Options(temperature, _collaboration with { Router = CollaborationRouter.Always, Method = CollaborationMethod.Speculative }));
        Assert.InRange(response.Usage!.AdditionalCounts!["TargetForwardPassCount"], 10, 0.6 * response.Usage.OutputTokenCount!.Value);
    }

    [Fact]
    public async Task Statistics_usage_and_trace_tell_how_often_the_large_model_made_a_difference()
    {
        var options = new ChatOptions { Temperature = 0, MaxOutputTokens = 60 }.WithDecoding(new DecodingOptions { Route = _collaboration with { Threshold = 0.9 }, Trace = true });
        var response = await clients.Large.GetResponseAsync(_questions[0], options);
        var statistics = (GenerationStatistics)response.Messages[^1].AdditionalProperties![GenerationStatistics.PropertyName]!;
        var route = statistics.Route!;
        Assert.Equal(2, route.Models.Count);
        Assert.Equal(statistics.OutputTokenCount, route.Tokens);
        Assert.Equal((double)route.Differing / route.Tokens, route.Frequency);
        Assert.InRange(route.Frequency, 0.001, (double)route.Models[EmbeddedModels.Tiny] / route.Tokens);
        Assert.Equal(route.Differing, response.Usage!.AdditionalCounts!["RouteDifferingTokens"]);
        foreach (var (model, count) in route.Models) Assert.Equal(count, response.GetTrace()!.Tokens.Count(token => token.Model == model));
    }

    [Fact]
    public void A_model_that_is_not_there_is_an_error_at_once()
    {
        foreach (var route in new RouteOptions[] { _switch with { Small = "nobody" }, _collaboration with { Small = "nobody" }, _collaboration with { Method = CollaborationMethod.Proxy, Untuned = "nobody" } })
        {
            var options = new ChatOptions().WithDecoding(new DecodingOptions { Route = route });
            Assert.Contains("\"nobody\"", Assert.Throws<ArgumentException>(() => clients.Large.GetStreamingResponseAsync("Hello", options)).Message);
        }
    }

    [Fact]
    public async Task After_a_call_that_was_stopped_both_models_go_on_from_what_they_have_read()
    {
        foreach (var route in new RouteOptions[] { _switch with { Threshold = 0.2, MinStay = 1, Window = 1 }, _collaboration with { Threshold = 0.9 }, _collaboration with { Threshold = 0.9, Method = CollaborationMethod.Speculative } })
        {
            var expected = (await AskAsync(clients.Uncached, _questions[0], 0.8f, route)).Text;
            var options = Options(0.8f, route);
            await foreach (var _ in clients.Large.GetStreamingResponseAsync(_questions[0], options)) break;
            using var cancellation = new CancellationTokenSource();
            var updates = 0;
            await Assert.ThrowsAnyAsync<OperationCanceledException>(async () =>
            {
                await foreach (var _ in clients.Large.GetStreamingResponseAsync(_questions[0], options, cancellation.Token))
                {
                    if (++updates == 5) cancellation.Cancel();
                }
            });
            Assert.Equal(expected, (await AskAsync(clients.Large, _questions[0], 0.8f, route)).Text);
            Assert.Equal(expected, (await AskAsync(clients.Large, _questions[0], 0.8f, route)).Text);
        }
    }

    private static ChatOptions Options(float temperature, RouteOptions? route)
        => new ChatOptions { Temperature = temperature, Seed = 3, MaxOutputTokens = 60 }.WithDecoding(new DecodingOptions { Route = route });

    private static async Task<(string Text, GenerationStatistics Statistics)> AskAsync(LocalChatClient client, string question, float temperature, RouteOptions? route = null)
    {
        var response = await client.GetResponseAsync(question, Options(temperature, route));
        return (response.Text, (GenerationStatistics)response.Messages[^1].AdditionalProperties![GenerationStatistics.PropertyName]!);
    }

    /// <summary>A client of each model, and one of the large one that keeps nothing of what it has read.</summary>
    public sealed class Clients : IDisposable
    {
        public LocalChatClient Large { get; } = Load(EmbeddedModels.Tiny, new());

        public LocalChatClient Small { get; } = Load(EmbeddedModels.Draft, new());

        public LocalChatClient Uncached { get; } = Load(EmbeddedModels.Tiny, new() { PrefixCacheSequences = 0 });

        public void Dispose()
        {
            Large.Dispose();
            Small.Dispose();
            Uncached.Dispose();
        }

        private static LocalChatClient Load(string model, LocalChatClientOptions options) => LocalChatClient.Load(EmbeddedModels.Folder(model), options with { Engine = ChatEngine.Cpu });
    }
}
