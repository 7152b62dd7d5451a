using Decant.Connectors.Chat;
using Decant.Connectors.Prompting;
using Decant.Tests.Conformance;
using Microsoft.Extensions.AI;

namespace Decant.Tests.Connectors.Chat.Branches;

/// <summary>Calls with branches: the answer is that of a slow loop over whole prompts, and no sequence is left behind however a call ends.</summary>
public class BranchCallTests
{
    private const string With = "<|user|>Passage: Paris.\n\nWhere?<|end|><|assistant|>";
    private const string Without = "<|user|>Where?<|end|><|assistant|>";
    private static readonly LocalChatClientOptions _uncached = new() { PrefixCacheSequences = 0, PrefillChunk = 7 };

    [Fact]
    public async Task The_answer_is_that_of_the_combined_rows()
    {
        var model = TestChat.Babbler();
        using var client = TestChat.Client(model, _uncached);
        Assert.Equal(await Slow(0.5f, With, Without), (await client.GetResponseAsync("Where?", Options())).Text);
        Assert.Equal(await Slow(0, With), (await client.GetResponseAsync("Where?", Options(weight: 0))).Text);
        Assert.NotEqual(await Slow(0, With), await Slow(0.5f, With, Without));
        Assert.Equal(0, model.OpenSequences);
    }

    [Fact]
    public async Task What_the_target_reads_is_for_the_contrast_to_say()
    {
        using var client = TestChat.Client(TestChat.Babbler());
        var swapped = new ProbeContrast([new("target", null, new BranchPrompt.WithoutContext([])), new("with", null, BranchPrompt.Same), new("shout", null, new BranchPrompt.SystemMessage("Shout."))]);
        var response = await client.GetResponseAsync("Where?", Options().WithDecoding(swapped));
        Assert.Equal(await Slow(0.5f, Without, With, "<|system|>Shout.<|end|>" + With), response.Text);
        Assert.Equal(TestChat.Encode(Without).Length, response.Usage!.InputTokenCount);
    }

    [Fact]
    public async Task A_conversation_goes_on_as_it_would_without_a_cache()
    {
        using var cached = TestChat.Client(TestChat.Babbler());
        using var fresh = TestChat.Client(TestChat.Babbler(), _uncached);
        List<ChatMessage> history = [];
        for (var turn = 0; turn < 4; turn++)
        {
            history.Add(new ChatMessage(ChatRole.User, $"Turn {turn}?"));
            var response = await cached.GetResponseAsync(history, Options());
            Assert.Equal((await fresh.GetResponseAsync(history, Options())).Text, response.Text);
            history.AddMessages(response);
        }
    }

    [Fact]
    public async Task Many_callers_get_what_each_would_get_alone()
    {
        ChatOptions Seeded(int i) => Options(weight: 0.1f * i, temperature: 1, seed: i);
        var model = TestChat.Babbler();
        model.BeforeForward = async _ => await Task.Yield();
        using var client = TestChat.Client(model, _uncached);
        using var alone = TestChat.Client(TestChat.Babbler(), _uncached);
        var expected = new List<string>();
        for (var i = 0; i < 8; i++) expected.Add((await alone.GetResponseAsync($"Question {i}?", Seeded(i))).Text);
        var texts = await Task.WhenAll(Enumerable.Range(0, 8).Select(async i => (await client.GetResponseAsync($"Question {i}?", Seeded(i))).Text));
        Assert.Equal(expected, texts);
        Assert.Equal(0, model.OpenSequences);
    }

    [Theory]
    [InlineData(1)]
    [InlineData(4)]
    [InlineData(12)]
    [InlineData(17)]
    public async Task Cancellation_anywhere_frees_every_sequence(int forward)
    {
        using var cancellation = new CancellationTokenSource();
        var model = TestChat.Babbler();
        var forwards = 0;
        model.BeforeForward = async _ =>
        {
            if (++forwards == forward) await cancellation.CancelAsync();
        };
        using var client = TestChat.Client(model, _uncached);
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => client.GetResponseAsync("Where?", Options(), cancellation.Token));
        Assert.Equal(forward, forwards);
        Assert.Equal(0, model.OpenSequences);
    }

    [Theory]
    [InlineData(1)]
    [InlineData(4)]
    [InlineData(13)]
    public async Task A_failing_forward_frees_every_sequence_and_fails_its_call_only(int forward)
    {
        var model = TestChat.Babbler();
        var forwards = 0;
        model.BeforeForward = _ => ++forwards == forward ? throw new InvalidOperationException("broken") : Task.CompletedTask;
        using var client = TestChat.Client(model, _uncached);
        Assert.Equal("broken", (await Assert.ThrowsAsync<InvalidOperationException>(() => client.GetResponseAsync("Where?", Options()))).Message);
        Assert.Equal(0, model.OpenSequences);
        Assert.Equal(await Slow(0.5f, With, Without), (await client.GetResponseAsync("Where?", Options())).Text);
    }

    [Fact]
    public async Task Breaking_off_frees_every_sequence()
    {
        var model = TestChat.Babbler();
        using var client = TestChat.Client(model, _uncached);
        await foreach (var update in client.GetStreamingResponseAsync("Where?", Options())) break;
        Assert.Equal(0, model.OpenSequences);
    }

    [Fact]
    public async Task Disposing_the_client_ends_the_call_and_then_frees_the_model()
    {
        var model = TestChat.Babbler();
        var client = TestChat.Client(model);
        await Assert.ThrowsAsync<ObjectDisposedException>(async () =>
        {
            await foreach (var update in client.GetStreamingResponseAsync("Where?", Options()))
            {
                client.Dispose();
                Assert.False(model.Disposed);
            }
        });
        Assert.True(model.Disposed);
    }

    [Fact]
    public async Task A_branch_that_does_not_fit_is_refused_and_leaves_nothing()
    {
        var model = TestChat.Babbler(contextLength: 60);
        using var client = TestChat.Client(model, _uncached);
        var options = Options().WithDecoding(ProbeContrast.With(new BranchPrompt.SystemMessage(new string('x', 60))));
        await Assert.ThrowsAsync<ContextOverflowException>(() => client.GetResponseAsync("Where?", options));
        await Assert.ThrowsAsync<ArgumentException>(() => client.GetResponseAsync("Where?", new ChatOptions().WithDecoding(ProbeContrast.With(new BranchPrompt.WithoutContext([])))));
        Assert.Equal(0, model.OpenSequences);
    }

    [Fact]
    public async Task A_branch_on_another_model_finds_its_last_turn_again()
    {
        var (targetModel, otherModel) = (TestChat.Babbler(), TestChat.Babbler());
        using var target = Load(targetModel);
        using var models = new NamedModels((_, _) => Load(otherModel));
        var options = Options().WithDecoding(ProbeContrast.With(new BranchPrompt.WithoutContext([]), "other"));
        List<ChatMessage> history = [new(ChatRole.User, "Where?")];
        var first = await Run(target, models, history, options);
        Assert.Equal(await Slow(0.5f, With, Without), first.Text);
        Assert.Equal(1, otherModel.OpenSequences);

        history.AddMessages(first);
        history.Add(new ChatMessage(ChatRole.User, "Why?"));
        var before = otherModel.Rows;
        var second = await Run(target, models, history, options);
        var whole = TestChat.Encode($"{Without}{first.Text}<|end|><|user|>Why?<|end|><|assistant|>").Length;
        Assert.InRange(otherModel.Rows - before, 1, whole - TestChat.Encode(Without).Length + second.Usage!.OutputTokenCount!.Value);
        Assert.Equal(1, otherModel.OpenSequences);
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task A_branch_on_another_model_is_given_back_when_the_call_fails(bool inTarget)
    {
        var (targetModel, otherModel) = (TestChat.Babbler(), TestChat.Babbler());
        using var target = Load(targetModel, _uncached);
        using var models = new NamedModels((_, _) => Load(otherModel, _uncached));
        (inTarget ? targetModel : otherModel).BeforeForward = _ => (inTarget ? targetModel : otherModel).Forwards == 3 ? throw new InvalidOperationException("broken") : Task.CompletedTask;
        await Assert.ThrowsAsync<InvalidOperationException>(() => Run(target, models, [new(ChatRole.User, "Where?")], Options().WithDecoding(ProbeContrast.With(BranchPrompt.Same, "other"))));
        Assert.Equal((0, 0), (targetModel.OpenSequences, otherModel.OpenSequences));
    }

    [Fact]
    public async Task Waiting_for_a_model_can_be_cancelled_and_leaves_nothing()
    {
        using var gate = new ManualResetEventSlim();
        using var cancellation = new CancellationTokenSource();
        var targetModel = TestChat.Babbler();
        using var target = Load(targetModel, _uncached);
        using var models = new NamedModels((_, _) =>
        {
            gate.Wait(CancellationToken.None);
            return Load(TestChat.Babbler());
        });
        var call = Run(target, models, [new(ChatRole.User, "Where?")], Options().WithDecoding(ProbeContrast.With(BranchPrompt.Same, "slow")), cancellation.Token);
        await cancellation.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => call);
        Assert.Equal(0, targetModel.OpenSequences);
        gate.Set();
    }

    private static ChatOptions Options(float weight = 0.5f, float temperature = 0, long? seed = null) => new ChatOptions { Temperature = temperature, MaxOutputTokens = 30, Seed = seed }
        .WithDocuments([new ChatDocument("Paris.")]).WithDecoding(ProbeContrast.With(new BranchPrompt.WithoutContext([])) with { Weight = weight });

    private static LoadedModel Load(PrefixModel model, LocalChatClientOptions? options = null) => new(model, TestChat.Tokenizer, TestChat.ChatTemplate, options ?? new(), owned: model);

    private static Task<ChatResponse> Run(LoadedModel target, NamedModels models, List<ChatMessage> messages, ChatOptions options, CancellationToken cancellationToken = default)
    {
        var request = ChatOptionsMapper.Map(messages, options, new(), new PlanContext(), ChatTemplate.Plain, null!);
        return new ChatRun(target, models, new Lifetime(target, () => { }), new CallGate(null, null, TimeProvider.System), new TokenCounter(), new LocalChatClientOptions(), "test", request).RunAsync(cancellationToken).ToChatResponseAsync(CancellationToken.None);
    }

    /// <summary>Greedy decoding as one would write it first: every prompt read again for every token.</summary>
    private static async Task<string> Slow(float weight, params string[] prompts)
    {
        using var model = TestChat.Babbler();
        var end = TestChat.Encode("<|end|>")[0];
        List<int> generated = [];
        while (generated.Count < 30)
        {
            var sum = new float[TestChat.Tokenizer.Count];
            for (var i = 0; i < prompts.Length; i++)
            {
                using var sequence = model.OpenSequence();
                using var result = await sequence.ForwardAsync(new ForwardInput((int[])[.. TestChat.Encode(prompts[i]), .. generated]));
                for (var id = 0; id < sum.Length; id++) sum[id] += (i == 0 ? 1 : weight) * result.Logits(0)[id];
            }

            var best = Array.IndexOf(sum, sum.Max());
            if (best == end) break;
            generated.Add(best);
        }

        return TestChat.Tokenizer.Decode([.. generated], skipSpecialTokens: false);
    }
}
