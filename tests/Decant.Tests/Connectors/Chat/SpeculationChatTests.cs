using System.Collections.Concurrent;
using Decant.Connectors.Chat;
using Decant.Connectors.Embedded;
using Decant.Decoding;
using Decant.Samples.TrainTiny.Corpus;
using Decant.Samples.TrainTiny.Evaluation;
using Decant.Samples.TrainTiny.World;
using Microsoft.Extensions.AI;

namespace Decant.Tests.Connectors.Chat;

/// <summary>Speculation through the chat client, on the embedded models: the same text in fewer forwards.</summary>
public sealed class SpeculationChatTests(SpeculationChatTests.Clients clients) : IClassFixture<SpeculationChatTests.Clients>
{
    private const int MaxTokens = 60;
    private static readonly IReadOnlyList<string> _prompts = [.. new HeldOutCases(TinyWorld.Default).Sample(6).Select(example => example.Turns[^2].Content).Take(64)];

    private static readonly Dictionary<string, DecodingOptions> _others = new()
    {
        ["nothing"] = new(),
        ["contrast"] = new() { Contrast = new ContextAwareOptions() },
        ["contrast with another model"] = new() { Contrast = new ProxyTuningOptions { Expert = EmbeddedModels.Polite, AntiExpert = EmbeddedModels.Plain } },
        ["processors"] = new() { Processors = [new RepetitionPenaltyOptions { Penalty = 1.2f }, new KgwOptions { Key = "k" }] },
        ["constraints"] = new() { Constraints = [new CitationOptions { Passages = 2 }] },
        ["sampling"] = new() { Sampling = new MirostatOptions { Tau = 2 } },
    };

    public static TheoryData<string> Kinds => [.. SpeculationSamples.Kinds];

    public static TheoryData<string, string> Pairs
    {
        get
        {
            var pairs = new TheoryData<string, string>();
            foreach (var kind in SpeculationSamples.Kinds)
            {
                foreach (var other in _others.Keys.Where(other => other != "nothing")) pairs.Add(kind, other);
            }

            return pairs;
        }
    }

    [Theory]
    [MemberData(nameof(Kinds))]
    public async Task Every_drafter_leaves_greedy_and_seeded_text_as_it_is(string kind)
    {
        var accepted = 0;
        for (var i = 0; i < _prompts.Count; i++)
        {
            foreach (var temperature in new float[] { 0, 0.8f })
            {
                var expected = await PlainAsync(i, temperature, "nothing");
                var (actual, statistics) = await AskAsync(i, temperature, new() { Speculation = SpeculationSamples.Of(kind) });
                Assert.Equal(expected, actual);
                accepted += statistics.Speculation!.Accepted;
            }
        }

        // Whether auto drafts at all is for the clock to say: AutoTests have one of their own.
        Assert.True(accepted > 0 || kind == "auto", $"No draft of {kind} was ever accepted.");
    }

    [Theory]
    [MemberData(nameof(Pairs))]
    public async Task With_the_other_slots_too(string kind, string other)
    {
        for (var i = 0; i < _prompts.Count; i += 9)
        {
            Assert.Equal(await PlainAsync(i, 0.7f, other), (await AskAsync(i, 0.7f, _others[other] with { Speculation = SpeculationSamples.Of(kind) })).Text);
        }
    }

    [Theory]
    [MemberData(nameof(Kinds))]
    public async Task The_next_turn_reads_what_is_cached_as_if_nothing_had_been_drafted(string kind)
    {
        async Task<List<string>> TalkAsync(LocalChatClient client, SpeculationOptions? speculation)
        {
            List<ChatMessage> messages = [];
            List<string> answers = [];
            foreach (var question in new[] { "Tell me a story about Sotasha.", "What is 58 + 67?", "Where does Sotasha live?" })
            {
                messages.Add(new ChatMessage(ChatRole.User, question));
                var options = new ChatOptions { Temperature = 0.9f, Seed = 5, MaxOutputTokens = 40, StopSequences = [". She"] }
                    .WithDecoding(new DecodingOptions { Speculation = speculation }).WithDocuments(Documents());
                var response = await client.GetResponseAsync(messages, options);
                messages.AddRange(response.Messages);
                answers.Add(response.Text);
            }

            return answers;
        }

        Assert.Equal(await TalkAsync(clients.Uncached, null), await TalkAsync(clients.Cached, SpeculationSamples.Of(kind)));
    }

    [Fact]
    public async Task Parallel_callers_get_what_each_would_get_alone()
    {
        var kinds = SpeculationSamples.Kinds.ToList();
        Task<string> Ask(int i) => Task.Run(async () => (await AskAsync(i, 0.8f, new() { Speculation = SpeculationSamples.Of(kinds[i % kinds.Count]) })).Text);
        var alone = new List<string>();
        for (var i = 0; i < 16; i++) alone.Add((await AskAsync(i, 0.8f, new())).Text);
        Assert.Equal(alone, await Task.WhenAll(Enumerable.Range(0, 16).Select(Ask)));
    }

    [Fact]
    public async Task Usage_statistics_and_trace_tell_what_was_drafted()
    {
        var options = new ChatOptions { Temperature = 0 }.WithDecoding(new DecodingOptions { Speculation = SpeculationSamples.Of("draft-model"), Trace = true });
        var response = await clients.Cached.GetResponseAsync("Tell me a story about Sotasha.", options);
        var statistics = (GenerationStatistics)response.Messages[^1].AdditionalProperties![GenerationStatistics.PropertyName]!;
        var speculation = statistics.Speculation!;
        var counts = response.Usage!.AdditionalCounts!;
        Assert.Equal((speculation.Rounds, speculation.Drafted, speculation.Accepted), (counts["SpeculationRounds"], counts["DraftedTokens"], counts["AcceptedDraftTokens"]));
        Assert.Equal(statistics.ForwardPassCount, counts["TargetForwardPassCount"] + counts["DraftForwardPassCount"]);
        Assert.Equal(speculation.Accepted, response.GetTrace()!.Tokens.Count(token => token is { Drafter: "draft-model", Source: TokenSource.Draft }));
        Assert.Equal(statistics.OutputTokenCount, speculation.Tokens);
        Assert.InRange(counts["TargetForwardPassCount"], 2, 0.45 * statistics.OutputTokenCount);
        Assert.Equal(speculation.Accepted, speculation.Drafters["draft-model"].Accepted);
        Assert.True(speculation.DraftTime > TimeSpan.Zero && speculation.VerifyTime > TimeSpan.Zero);
    }

    [Fact]
    public void A_draft_model_that_is_not_there_is_an_error_at_once()
    {
        var options = new ChatOptions().WithDecoding(new DecodingOptions { Speculation = new DraftModelOptions { Model = "nobody" } });
        Assert.Contains("\"nobody\"", Assert.Throws<ArgumentException>(() => clients.Cached.GetStreamingResponseAsync("Hello", options)).Message);
    }

    [Fact]
    public async Task A_drafter_that_fails_is_dropped_with_a_warning_and_the_answer_is_the_same()
    {
        var (expected, _) = await AskAsync(1, 0.8f, new());
        var options = Options(1, 0.8f, new() { Speculation = new FailingOptions(3) });
        var response = await clients.Cached.GetResponseAsync(_prompts[1], options);
        Assert.Equal(expected, response.Text);
        Assert.Contains("test-failing", Assert.Single(response.GetWarnings()));
    }

    [Fact]
    public async Task A_call_that_is_stopped_ends_and_the_next_is_whole()
    {
        var (expected, _) = await AskAsync(2, 0.8f, new());
        foreach (var kind in SpeculationSamples.Kinds)
        {
            var options = Options(2, 0.8f, new() { Speculation = SpeculationSamples.Of(kind) });
            await foreach (var _ in clients.Cached.GetStreamingResponseAsync(_prompts[2], options)) break;
            using var cancellation = new CancellationTokenSource();
            await Assert.ThrowsAnyAsync<OperationCanceledException>(async () =>
            {
                await foreach (var _ in clients.Cached.GetStreamingResponseAsync(_prompts[2], options, cancellation.Token)) cancellation.Cancel();
            });
            Assert.Equal(expected, (await clients.Cached.GetResponseAsync(_prompts[2], options)).Text);
        }
    }

    private Task<string> PlainAsync(int prompt, float temperature, string other)
        => clients.Plain.GetOrAdd((prompt, temperature, other), async _ => (await AskAsync(prompt, temperature, _others[other])).Text);

    private async Task<(string Text, GenerationStatistics Statistics)> AskAsync(int prompt, float temperature, DecodingOptions decoding)
    {
        var response = await clients.Cached.GetResponseAsync(_prompts[prompt], Options(prompt, temperature, decoding));
        Assert.Empty(response.GetWarnings());
        return (response.Text, (GenerationStatistics)response.Messages[^1].AdditionalProperties![GenerationStatistics.PropertyName]!);
    }

    private static ChatOptions Options(int prompt, float temperature, DecodingOptions decoding) => new ChatOptions { Temperature = temperature, Seed = prompt, MaxOutputTokens = MaxTokens }
        .WithDecoding(decoding).WithDocuments(Documents());

    private static ChatDocument[] Documents() => [new("The product of Patutex is glass."), new("Patutex lies in Mizewick.")];

    /// <summary>One client that keeps what it has read, and one that does not.</summary>
    public sealed class Clients : IDisposable
    {
        public LocalChatClient Cached { get; } = Load(new LocalChatClientOptions());

        public LocalChatClient Uncached { get; } = Load(new LocalChatClientOptions { PrefixCacheSequences = 0 });

        /// <summary>Answers without speculation that have been asked for.</summary>
        public ConcurrentDictionary<(int Prompt, float Temperature, string Other), Task<string>> Plain { get; } = new();

        public void Dispose()
        {
            Cached.Dispose();
            Uncached.Dispose();
        }

        private static LocalChatClient Load(LocalChatClientOptions options) => LocalChatClient.Load(options: options with { Engine = ChatEngine.Cpu, Services = SpeculationSamples.Services });
    }

    /// <summary>Drafts nonsense for some rounds, then fails.</summary>
    private sealed record FailingOptions(int Rounds) : SpeculationOptions, IDrafter
    {
        public override string Kind => "test-failing";

        string IDrafter.Name => Kind;

        SiblingLaw IDrafter.Law => SiblingLaw.Deterministic;

        bool IDrafter.Branches => false;

        public override IDrafter Compile(PlanContext context) => this;

        IDraftRun IDrafter.Open(DraftSetup setup) => new Run(Rounds);

        private sealed class Run(int rounds) : IDraftRun
        {
            private int _round;

            public ValueTask ProposeAsync(DraftRound round, CancellationToken cancellationToken)
            {
                round.State.Commit(0);
                round.Tree.Add(round.Root, 0, "test-failing");
                return ++_round < rounds ? ValueTask.CompletedTask : throw new InvalidDataException("The drafts have run out.");
            }

            public void Dispose()
            {
            }
        }
    }
}
