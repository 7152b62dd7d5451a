using System.Collections.Concurrent;
using Decant.Connectors.Chat;
using Decant.Connectors.Embedded;
using Decant.Tests.Conformance;
using Microsoft.Extensions.AI;

namespace Decant.Tests.Connectors.Chat.Branches;

public class NamedModelsTests
{
    private static readonly LocalChatClientOptions _options = new();

    [Fact]
    public async Task A_model_is_loaded_once_when_it_is_first_asked_for()
    {
        var loads = new ConcurrentQueue<string>();
        using var models = new NamedModels((name, _) =>
        {
            loads.Enqueue(name);
            return Model();
        });
        Assert.Empty(loads);
        var got = await Task.WhenAll(Enumerable.Range(0, 20).Select(i => models.GetAsync(i % 2 == 0 ? "a" : "b", default)));
        Assert.Equal(2, got.Distinct().Count());
        Assert.Equal(["a", "b"], loads.Order());
    }

    [Fact]
    public async Task Only_those_who_want_it_wait_for_a_slow_model_and_may_give_up()
    {
        using var gate = new ManualResetEventSlim();
        using var cancellation = new CancellationTokenSource();
        var loads = 0;
        using var models = new NamedModels((name, _) =>
        {
            if (name != "slow") return Model();
            Interlocked.Increment(ref loads);
            gate.Wait(CancellationToken.None);
            return Model();
        });
        var patient = models.GetAsync("slow", default);
        var impatient = models.GetAsync("slow", cancellation.Token);
        Assert.NotNull(await models.GetAsync("fast", default));
        await cancellation.CancelAsync();
        Assert.Equal(cancellation.Token, (await Assert.ThrowsAnyAsync<OperationCanceledException>(() => impatient)).CancellationToken);
        Assert.False(patient.IsCompleted);
        gate.Set();
        Assert.Same(await patient, await models.GetAsync("slow", default));
        Assert.Equal(1, loads);
    }

    [Fact]
    public async Task A_load_that_failed_is_tried_again()
    {
        var loads = 0;
        using var models = new NamedModels((_, _) => ++loads == 1 ? throw new InvalidDataException("damaged") : Model());
        Assert.Equal("damaged", (await Assert.ThrowsAsync<InvalidDataException>(() => models.GetAsync("a", default))).Message);
        Assert.NotNull(await models.GetAsync("a", default));
    }

    [Fact]
    public async Task Disposal_frees_what_is_loaded_and_what_is_being_loaded()
    {
        using var gate = new ManualResetEventSlim();
        var (loaded, late) = (TestChat.Babbler(), TestChat.Babbler());
        var noticed = new TaskCompletionSource();
        var models = new NamedModels((name, token) =>
        {
            if (name == "a") return Model(loaded);
            token.Register(noticed.SetResult);
            gate.Wait(CancellationToken.None);
            return Model(late);
        });
        await models.GetAsync("a", default);
        var waiting = models.GetAsync("b", default);
        models.Dispose();
        models.Dispose();
        Assert.True(loaded.Disposed);
        await noticed.Task;
        Assert.False(late.Disposed);
        gate.Set();
        await waiting;
        for (var i = 0; i < 1000 && !late.Disposed; i++) await Task.Delay(10);
        Assert.True(late.Disposed);
        await Assert.ThrowsAsync<ObjectDisposedException>(() => models.GetAsync("a", default));
    }

    [Fact]
    public void An_unknown_name_is_refused_at_once_with_the_known_ones()
    {
        using var client = TestChat.Client(TestChat.Babbler(), new LocalChatClientOptions { Models = new Dictionary<string, string> { ["expert"] = "folder" } });
        var error = Assert.Throws<ArgumentException>(() => client.GetStreamingResponseAsync("Hi", Naming("exprt")));
        Assert.All((string[])["\"exprt\"", "expert", .. EmbeddedModels.Names], name => Assert.Contains(name, error.Message));
    }

    [Fact]
    public async Task A_model_of_another_vocabulary_is_refused()
    {
        using var client = TestChat.Client(TestChat.Babbler());
        var error = await Assert.ThrowsAsync<ArgumentException>(() => client.GetResponseAsync("Hi", Naming(EmbeddedModels.Draft)));
        Assert.Contains("another vocabulary", error.Message);
        Assert.NotEmpty((await client.GetResponseAsync("Hi")).Text);
    }

    [Fact]
    public async Task A_folder_that_is_not_there_is_named_and_the_client_goes_on()
    {
        using var client = TestChat.Client(TestChat.Babbler(), new LocalChatClientOptions { Models = new Dictionary<string, string> { ["expert"] = "no/such/folder" } });
        for (var i = 0; i < 2; i++) Assert.Contains("no/such/folder", (await Assert.ThrowsAnyAsync<IOException>(() => client.GetResponseAsync("Hi", Naming("expert")))).Message);
        Assert.NotEmpty((await client.GetResponseAsync("Hi")).Text);
    }

    [Fact]
    public async Task Embedded_models_are_known_by_name()
    {
        using var client = LocalChatClient.Load(EmbeddedModels.Plain, new LocalChatClientOptions { Models = new Dictionary<string, string> { ["mine"] = EmbeddedModels.Polite } });
        var greedy = new ChatOptions { Temperature = 0, MaxOutputTokens = 20 };
        var alone = (await client.GetResponseAsync("Hello!", greedy)).Text;
        var contrast = ProbeContrast.With(BranchPrompt.Same, EmbeddedModels.Polite) with { Weight = 5 };
        var together = (await client.GetResponseAsync("Hello!", greedy.Clone().WithDecoding(contrast))).Text;
        Assert.NotEqual(alone, together);
        contrast = ProbeContrast.With(BranchPrompt.Same, "mine") with { Weight = 5 };
        Assert.Equal(together, (await client.GetResponseAsync("Hello!", greedy.Clone().WithDecoding(contrast))).Text);
        contrast = ProbeContrast.With(BranchPrompt.Same, "mine") with { Weight = 0 };
        Assert.Equal(alone, (await client.GetResponseAsync("Hello!", greedy.Clone().WithDecoding(contrast))).Text);
    }

    private static ChatOptions Naming(string model) => new ChatOptions().WithDecoding(ProbeContrast.With(BranchPrompt.Same, model));

    private static LoadedModel Model(PrefixModel? model = null) => new(model ??= TestChat.Babbler(), TestChat.Tokenizer, TestChat.ChatTemplate, _options, owned: model);
}
