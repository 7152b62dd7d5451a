using Decant.Connectors.Cpu;
using Decant.Connectors.Embedded;
using Decant.Connectors.Text;
using Decant.Connectors.Torch;
using Decant.Connectors.Torch.Forward;
using Decant.Tests.Decoding.Search;
using TorchSharp;
using static TorchSharp.torch;

namespace Decant.Tests.Connectors.Torch;

/// <summary>Gradient steps on cached keys and values, and the searches that take them, on decant-tiny.</summary>
public sealed class CacheDescentTests : IDisposable
{
    private static readonly string _folder = EmbeddedModels.Folder(EmbeddedModels.Tiny);
    private static readonly TextTokenizer _tokenizer = TextTokenizer.Load(_folder);
    private static readonly int[] _prompt = Ids("Savisha lives in Mizewick. She");
    private static readonly int[] _text = Ids(" was hungry, so Batusha gave her bread. It is a town with a tower and a garden.");
    private readonly List<TorchModel> _models = [];

    public void Dispose() => _models.ForEach(model => model.Dispose());

    [TorchFact]
    public void Worked_steps()
    {
        // p = σ(2h): from .5 by a step of .1 to .5498.
        using var scope = NewDisposeScope();
        var h = zeros(1).requires_grad_(true);
        using (var moves = new CacheMoves([h], 0.1, null)) moves.Move(autograd.grad([(h + h).sigmoid().log().neg().sum()], [h]));
        Assert.Equal(0.5498, (h + h).sigmoid().item<float>(), 1e-4);

        // A gradient of (3, 4) over keys and values has norm 5: divided by 5^1.5.
        Tensor[] both = [zeros(1), zeros(1)];
        using (var moves = new CacheMoves(both, 0.02, 1.5)) moves.Move([tensor(3f).reshape(1), tensor(4f).reshape(1)]);
        Assert.Equal(-0.02 * 3 / Math.Pow(5, 1.5), both[0].item<float>(), 1e-7);
        Assert.Equal(-0.02 * 4 / Math.Pow(5, 1.5), both[1].item<float>(), 1e-7);
    }

    [TorchFact]
    public async Task Without_a_step_it_is_the_forward()
    {
        using var sequence = await OpenAsync();
        var result = await sequence.DescendAsync(new CacheDescent(_text, 0, 1));
        using var forward = await sequence.ForwardAsync(new ForwardInput(_text) { Logits = LogitsRows.All });
        var expected = forward.Logits(_text.Length - 1).ToArray();
        for (var id = 0; id < expected.Length; id++) Assert.Equal(expected[id], result.Logits[id], 1e-3);
        var mean = Enumerable.Range(0, _text.Length - 1).Average(i => -TinyTexts.LogSoftmax(forward.Logits(i).ToArray())[_text[i + 1]]);
        Assert.Equal(mean, Assert.Single(result.Losses), 1e-4);
    }

    [TorchFact]
    public async Task Losses_fall_and_only_what_is_kept_changes()
    {
        using var sequence = await OpenAsync();
        using var fork = (IDifferentiableSequence)sequence.Fork();
        var before = await RowAsync(sequence);
        var bag = new CacheDescent(_text.AsMemory(0, 1), 8, 0.05) { Words = Bag("garden", "tower"), KlScale = 0.01, Gamma = 1 };
        AssertFalls((await sequence.DescendAsync(bag)).Losses, 0.2);
        Assert.Equal(before, await RowAsync(sequence));

        var known = new CacheDescent(_text, 5, 0.01) { Keep = true };
        AssertFalls((await fork.DescendAsync(known)).Losses, 0.05);
        Assert.Equal(before, await RowAsync(sequence));
        Assert.NotEqual(before, await RowAsync(fork));
        var again = await fork.DescendAsync(known with { Steps = 0 });
        Assert.True(again.Losses[0] < (await sequence.DescendAsync(known with { Steps = 0 })).Losses[0] - 0.05);
    }

    [TorchFact]
    public async Task A_head_finds_the_text_likelier_with_every_step()
    {
        // Which way is up is told by another text's state.
        using var sequence = await OpenAsync();
        using var other = (IDifferentiableSequence)Model().OpenSequence();
        using var towards = await other.ForwardAsync(new ForwardInput(Ids("Thank you, my friend!")) { Taps = new Taps { FinalHidden = true } });
        var head = new LinearHead([.. towards.FinalHidden(towards.RowCount - 1).ToArray().Select(value => value / 100.0)], -0.5);
        var descent = new CacheDescent(_text.AsMemory(0, 1), 6, 0.05) { Head = head, Gamma = 1 };
        var losses = (await sequence.DescendAsync(descent)).Losses;
        AssertFalls(losses, 0.05);

        var bag = new CacheDescent(descent.Ids, 0, 1) { Words = Bag("garden") };
        var both = (await sequence.DescendAsync(bag with { Head = head })).Losses[0];
        Assert.Equal(losses[0] + (await sequence.DescendAsync(bag)).Losses[0], both, 1e-4);

        using var forward = await sequence.ForwardAsync(new ForwardInput(descent.Ids) { Taps = new Taps { FinalHidden = true } });
        Assert.Equal(Math.Log(1 + Math.Exp(-head.Score(forward.FinalHidden(0)))), losses[0], 1e-4);
    }

    [TorchFact]
    public async Task A_search_is_led_by_a_head()
    {
        var model = Model();
        var services = new DecodingServices().Add("polite", new LinearHead([.. Enumerable.Range(0, model.Info.HiddenSize).Select(i => Math.Sin(i))], 0)).Add("foreign", new LinearHead([1], 0));
        var search = new PplmOptions { Head = "polite", StepSize = 0.3, Gamma = 1, GmScale = 1 };
        Assert.NotEqual(await RunAsync(model, null, 1), await RunAsync(model, search, 1, services));
        Assert.Contains("\"foreign\"", Assert.Throws<ArgumentException>(() => Plan(model.Info, search with { Head = "foreign" }, 1, services)).Message);
    }

    [TorchFact]
    public async Task What_it_cannot_do_is_refused_by_name()
    {
        using var half = TorchModel.Load(_folder, new TorchModelOptions { Devices = ["cpu"], Weights = TorchWeightFormat.BFloat16 });
        Assert.False(half.Info.Capabilities.HasFlag(ModelCapabilities.Gradients));
        using (var sequence = (IDifferentiableSequence)half.OpenSequence())
        {
            (await sequence.ForwardAsync(new ForwardInput(_prompt))).Dispose();
            Assert.Contains("Float32", (await Assert.ThrowsAsync<NotSupportedException>(async () => await sequence.DescendAsync(new CacheDescent(_text, 1, 1)))).Message);
        }

        using var empty = (IDifferentiableSequence)Model().OpenSequence();
        await Assert.ThrowsAsync<InvalidOperationException>(async () => await empty.DescendAsync(new CacheDescent(_text, 1, 1)));
        await Assert.ThrowsAsync<ArgumentException>(async () => await empty.DescendAsync(new CacheDescent(_text.AsMemory(0, 1), 1, 1)));
        using var managed = CpuModel.Load(_folder, new CpuModelOptions { Threads = 1 });
        var message = Assert.Throws<ArgumentException>(() => Plan(managed.Info, new HsoOptions())).Message;
        Assert.Contains("hidden-state-optimization", message);
        Assert.Contains("Gradients", message);
        Assert.Contains("qqq", Assert.Throws<ArgumentException>(() => Plan(Model().Info, new PplmOptions { Words = ["qqqqzzz"] })).Message);
    }

    [TorchFact]
    public async Task A_bag_of_words_is_come_back_to()
    {
        var model = Model();
        int[] bag = Bag("garden", "tower");
        var (plain, same, moved) = (0, 0, 0);
        for (var seed = 0; seed < 6; seed++)
        {
            var own = await RunAsync(model, null, seed);
            Assert.Equal(own, await RunAsync(model, new PplmOptions { Words = ["garden"], Steps = 0 }, seed));
            var guided = await RunAsync(model, new PplmOptions { Words = ["garden", "tower"], StepSize = 0.3, Gamma = 1, GmScale = 1 }, seed);
            plain += own.Count(bag.Contains);
            moved += guided.Count(bag.Contains);
            same += own.SequenceEqual(guided) ? 1 : 0;
        }

        Assert.True(moved >= plain + 6 && same < 6, $"{moved} and {plain}");
    }

    [TorchFact]
    public async Task Hidden_states_are_fitted_to_every_chunk()
    {
        var model = Model();
        var changed = 0;
        for (var seed = 0; seed < 3; seed++)
        {
            var own = await RunAsync(model, null, seed);
            Assert.Equal(own, await RunAsync(model, new HsoOptions { Steps = 0 }, seed));
            var fitted = await RunAsync(model, new HsoOptions { Chunk = 4, LearningRate = 0.05, Steps = 3 }, seed);
            Assert.Equal(fitted, await RunAsync(model, new HsoOptions { Chunk = 4, LearningRate = 0.05, Steps = 3 }, seed));

            // The first chunk is drawn before anything is moved.
            Assert.Equal(own.Take(4), fitted.Take(4));
            changed += own.SequenceEqual(fitted) ? 0 : 1;
        }

        Assert.True(changed > 0);
    }

    private static void AssertFalls(IReadOnlyList<double> losses, double least)
    {
        Assert.True(losses[^1] < losses[0] - least, string.Join(" ", losses));
        Assert.True(losses.Zip(losses.Skip(1)).All(pair => pair.Second < pair.First), string.Join(" ", losses));
    }

    private static async Task<List<int>> RunAsync(TorchModel model, SearchOptions? search, int seed, DecodingServices? services = null)
    {
        using var sequence = model.OpenSequence();
        var request = new GenerationRequest { Sequence = sequence, Prompt = _prompt, Plan = Plan(model.Info, search, seed, services), MaxTokens = 24, EndTokens = [.. _tokenizer.EndOfTurn] };
        List<int> tokens = [];
        await foreach (var token in Decant.Decoding.Generator.GenerateAsync(request)) tokens.Add(token.Id);
        return tokens;
    }

    private static DecodingPlan Plan(ModelInfo info, SearchOptions? search, int seed = 1, DecodingServices? services = null) => DecodingPlan.Compile(
        new DecodingOptions { Search = search, Sampling = new SamplingOptions { Seed = seed } }, new PlanContext { Model = info, Vocabulary = _tokenizer, Encode = Ids, Services = services ?? new() });

    private static int[] Ids(string text) => [.. _tokenizer.Encode(text, addSpecialTokens: false)];

    private static int[] Bag(params string[] words) => [.. words.SelectMany(word => (int[][])[Ids(word), Ids(" " + word)]).Where(ids => ids.Length == 1).Select(ids => ids[0])];

    private static async Task<float[]> RowAsync(ISequence sequence)
    {
        var length = sequence.Length;
        using var result = await sequence.ForwardAsync(new ForwardInput(_text.AsMemory(0, 1)));
        sequence.Truncate(length);
        return result.Logits(0).ToArray();
    }

    private async Task<IDifferentiableSequence> OpenAsync()
    {
        var sequence = (IDifferentiableSequence)Model().OpenSequence();
        (await sequence.ForwardAsync(new ForwardInput(_prompt) { Logits = LogitsRows.None })).Dispose();
        return sequence;
    }

    private TorchModel Model()
    {
        _models.Add(TorchModel.Load(_folder, new TorchModelOptions { Devices = ["cpu"], Weights = TorchWeightFormat.Float32 }));
        return _models[^1];
    }
}
