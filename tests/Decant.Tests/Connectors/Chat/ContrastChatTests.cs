using Decant.Connectors.Chat;
using Decant.Connectors.Embedded;
using Decant.Samples.TrainTiny.Corpus;
using Decant.Samples.TrainTiny.Corpus.Families;
using Decant.Samples.TrainTiny.Evaluation;
using Decant.Samples.TrainTiny.Grammar;
using Decant.Samples.TrainTiny.World;
using Decant.Tests.Conformance;
using Microsoft.Extensions.AI;

namespace Decant.Tests.Connectors.Chat;

/// <summary>The contrast slot through the chat client, on the embedded models.</summary>
public sealed class ContrastChatTests : IDisposable
{
    private const string Thirds = "thirds";

    private static readonly HeldOutCases _cases = new(TinyWorld.Default);
    private readonly LocalChatClient _client = LocalChatClient.Load(options: new LocalChatClientOptions { Services = new DecodingServices().Add<ITokenGrounder>(Thirds, new ThirdsGrounder()) });

    public static TheoryData<ContrastOptions> Strategies =>
    [
        new ContextAwareOptions(), new AdaptiveContextAwareOptions(), new EntropyConstrainedContextOptions(),
        new GuidanceOptions(), new GuidanceOptions { Unconditional = GuidancePrompt.None }, new GuidanceOptions { NegativePrompt = "Be rude.", Scale = 3 },
        new LeadingQueryOptions { NeutralQuery = "Where is Patutex?" }, new AmateurContrastOptions { Model = EmbeddedModels.Draft },
        new AmateurContrastOptions { Model = EmbeddedModels.Draft, IgnorePrompt = true }, new InducedContrastOptions { NegativeSystemPrompt = "Be rude." },
        new InducedContrastOptions { NegativeModel = EmbeddedModels.Plain }, new ProxyTuningOptions { Expert = EmbeddedModels.Polite, AntiExpert = EmbeddedModels.Plain },
        new DExpertsOptions { Expert = EmbeddedModels.Polite, AntiExpert = EmbeddedModels.Plain }, new LayerContrastOptions(), new LayerContrastOptions { Bucket = LayerBucket.High },
        new ClassConditionalOptions { PositivePrompt = "Be polite.", NegativePrompt = "Be rude." },
        new LogitsEvolutionOptions(), new GroundingOptions { Grounders = [Thirds] }, new RetrievalMarginalizationOptions(),
    ];

    public void Dispose() => _client.Dispose();

    [Theory]
    [MemberData(nameof(Strategies))]
    public async Task Every_strategy_changes_answers_and_repeats_them(ContrastOptions contrast)
    {
        var changed = 0;
        for (var i = 0; i < 16; i++)
        {
            var answer = await AskAsync(contrast, i);
            Assert.Equal(answer, await AskAsync(contrast, i));
            if (answer != await AskAsync(null, i)) changed++;
        }

        Assert.True(changed > 0, $"{contrast.Kind} changed nothing.");
    }

    [Fact]
    public async Task Parallel_callers_get_what_each_would_get_alone()
    {
        ContrastOptions[] contrasts = [new ContextAwareOptions(), new AdaptiveContextAwareOptions(), new DExpertsOptions { Expert = EmbeddedModels.Polite, AntiExpert = EmbeddedModels.Plain }];
        Task<string> Ask(int i) => Task.Run(() => AskAsync(contrasts[i % 3], i));
        var alone = new List<string>();
        for (var i = 0; i < 9; i++) alone.Add(await Ask(i));
        Assert.Equal(alone, await Task.WhenAll(Enumerable.Range(0, 9).Select(Ask)));
    }

    [Fact]
    public async Task A_passage_that_contradicts_memory_is_followed_more_often()
    {
        var cases = Enumerable.Range(0, 120).Select(i => _cases.Contradicting[4 * i]).ToList();
        var (plain, contrasted) = (0, 0);
        foreach (var (example, told, _) in cases)
        {
            var (document, question) = Parts(example);
            async Task<int> Follows(ContrastOptions? contrast)
            {
                var options = Options(contrast).WithDocuments([document]);
                options.Temperature = 0;
                return TextSearch.HasWord((await _client.GetResponseAsync(question, options)).Text, told) ? 1 : 0;
            }

            plain += await Follows(null);
            contrasted += await Follows(new ContextAwareOptions { Alpha = 1 });
        }

        Assert.True(contrasted >= plain + 6, $"{contrasted} and {plain} of {cases.Count}");
    }

    [Fact]
    public async Task Passages_in_the_messages_can_be_named_instead()
    {
        var (document, question) = Parts(_cases.Contradicting[0].Example);
        var passage = $"Passage: {document.Text}\n\n";
        async Task<string> Ask(string message, ChatOptions options)
        {
            (options.Temperature, options.Seed) = (1, 3);
            return (await _client.GetResponseAsync(message, options)).Text;
        }

        var given = await Ask(question, Options(new ContextAwareOptions { Alpha = 2 }).WithDocuments([document]));
        Assert.Equal(given, await Ask(passage + question, Options(new ContextAwareOptions { Alpha = 2, Context = [passage] })));
    }

    [Fact]
    public async Task A_small_pair_of_models_makes_the_large_one_polite()
    {
        var asked = _cases.Tone.Take(60).ToList();
        async Task<int> PoliteAsync(ContrastOptions? contrast)
        {
            var polite = 0;
            for (var i = 0; i < asked.Count; i++)
            {
                var options = Options(contrast);
                (options.Temperature, options.Seed, options.MaxOutputTokens) = (1, i, 60);
                if (Tone.Score((await _client.GetResponseAsync(asked[i].Turns[0].Content, options)).Text) > 0) polite++;
            }

            return polite;
        }

        var plain = await PoliteAsync(null);
        foreach (var contrast in (ContrastOptions[])[new ProxyTuningOptions { Expert = EmbeddedModels.Polite, AntiExpert = EmbeddedModels.Plain }, new ClassConditionalOptions { Expert = EmbeddedModels.Polite, AntiExpert = EmbeddedModels.Plain, Omega = 3 }])
        {
            var guided = await PoliteAsync(contrast);
            Assert.True(guided - plain >= 0.3 * asked.Count, $"{contrast.Kind}: {guided} and {plain} of {asked.Count}");
        }
    }

    [Fact]
    public async Task A_neutralizer_rewrites_the_question_and_the_response_shows_it()
    {
        var rewriter = new Rewriter("In which region is Patutex?\n");
        using var client = LocalChatClient.Load(options: new LocalChatClientOptions { Services = new DecodingServices().Add<IChatClient>("neutral", rewriter) });
        var leading = new ChatMessage(ChatRole.User, "Patutex is in Mizewick, is it not?");
        ChatOptions With(LeadingQueryOptions options) => new ChatOptions { Temperature = 0, MaxOutputTokens = 20 }.WithDecoding(d => d.Contrast(options));

        var rewritten = await client.GetResponseAsync([leading], With(new() { Neutralizer = "neutral" }));
        Assert.Equal("In which region is Patutex?", rewritten.GetNeutralQuery());
        Assert.Equal(leading.Text, rewriter.Asked);
        var given = await client.GetResponseAsync([leading], With(new() { NeutralQuery = "In which region is Patutex?" }));
        Assert.Equal(given.Text, rewritten.Text);
        Assert.Null(given.GetNeutralQuery());

        Assert.Contains("neutral", Assert.Throws<ArgumentException>(() => { _ = client.GetStreamingResponseAsync([leading], With(new() { Neutralizer = "other" })); }).Message);
        rewriter.Answer = " ";
        Assert.Contains("NeutralQuery", (await Assert.ThrowsAsync<InvalidOperationException>(() => client.GetResponseAsync([leading], With(new() { Neutralizer = "neutral" })))).Message);
    }

    [Fact]
    public async Task What_a_call_lacks_is_named()
    {
        async Task<string> Refused(ContrastOptions contrast) => (await Assert.ThrowsAnyAsync<ArgumentException>(() => _client.GetResponseAsync("Hello!", Options(contrast)))).Message;
        Assert.Contains("WithDocuments", await Refused(new ContextAwareOptions()));
        Assert.Contains("does not occur", await Refused(new ContextAwareOptions { Context = ["passage"] }));
        Assert.Contains("WithDocuments", await Refused(new RetrievalMarginalizationOptions()));
        Assert.Contains(EmbeddedModels.Polite, await Refused(new ProxyTuningOptions { Expert = "nobody", AntiExpert = "nobody" }));
        Assert.Contains(Thirds, await Refused(new GroundingOptions { Grounders = ["nobody"] }));
        Assert.Contains("layer", await Refused(new LayerContrastOptions { CandidateLayers = [4] }));
        await Assert.ThrowsAsync<ContextOverflowException>(() => _client.GetResponseAsync("Hello!", Options(new GuidanceOptions { NegativePrompt = string.Concat(Enumerable.Repeat("Be rude. ", 1000)) })));

        // A model that gives no logits of its inner layers.
        using var other = TestChat.Client(TestChat.Babbler());
        foreach (var contrast in (ContrastOptions[])[new LayerContrastOptions(), new LogitsEvolutionOptions()])
            Assert.Contains(contrast.Kind, (await Assert.ThrowsAsync<NotSupportedException>(() => other.GetResponseAsync("Hello!", Options(contrast)))).Message);
    }

    // By turns a question that the documents do not help with, and one that the first of them answers otherwise than memory does.
    private async Task<string> AskAsync(ContrastOptions? contrast, int i)
    {
        var (document, question) = Parts(_cases.Contradicting[i].Example);
        var options = Options(contrast).WithDocuments([document with { Score = 1 }, new ChatDocument("The lamp belongs to Fidoron.")]);
        (options.Temperature, options.Seed) = (1, i);
        ChatMessage[] messages = [new(ChatRole.System, "Be brief."), new(ChatRole.User, i % 2 == 0 ? "Can you help me with my lamp?" : question)];
        return (await _client.GetResponseAsync(messages, options)).Text;
    }

    private static (ChatDocument Document, string Question) Parts(Example example)
    {
        var parts = example.Turns[0].Content.Split("\n\n", 2);
        return (new ChatDocument(parts[0]["Passage: ".Length..]), parts[1]);
    }

    private static ChatOptions Options(ContrastOptions? contrast)
    {
        var options = new ChatOptions { MaxOutputTokens = 25 };
        return contrast is null ? options : options.WithDecoding(d => d.Contrast(contrast));
    }

    /// <summary>Finds every third token impossible.</summary>
    private sealed class ThirdsGrounder : ITokenGrounder
    {
        public void Score(ReadOnlySpan<int> prefix, ReadOnlySpan<int> candidates, Span<float> scores)
        {
            for (var i = 0; i < candidates.Length; i++) scores[i] = candidates[i] % 3 == 0 ? 0 : 1;
        }
    }

    private sealed class Rewriter(string answer) : IChatClient
    {
        public string Answer { get; set; } = answer;

        public string? Asked { get; private set; }

        public Task<ChatResponse> GetResponseAsync(IEnumerable<ChatMessage> messages, ChatOptions? options = null, CancellationToken cancellationToken = default)
        {
            Asked = messages.Last().Text;
            return Task.FromResult(new ChatResponse(new ChatMessage(ChatRole.Assistant, Answer)));
        }

        public IAsyncEnumerable<ChatResponseUpdate> GetStreamingResponseAsync(IEnumerable<ChatMessage> messages, ChatOptions? options = null, CancellationToken cancellationToken = default)
            => throw new NotSupportedException();

        public object? GetService(Type serviceType, object? serviceKey = null) => null;

        public void Dispose()
        {
        }
    }
}
