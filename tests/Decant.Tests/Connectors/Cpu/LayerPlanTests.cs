using System.Text.Json.Nodes;
using Decant.Connectors.Cpu;
using Decant.Connectors.Models;
using Decant.Tests.Connectors.Torch;
using Decant.Tests.Oracles;

namespace Decant.Tests.Connectors.Cpu;

/// <summary>Forwards that run parts of the layers: both engines against the slow reference and each other, for every family.</summary>
public sealed class LayerPlanTests : IDisposable
{
    private const int Layers = 6;
    private static readonly Dictionary<string, LayerPlan> _plans = new()
    {
        ["attention"] = new() { SkipAttention = [2, 5] },
        ["mlp"] = new() { SkipMlp = [1, 4] },
        ["both"] = new() { SkipAttention = [2, 3, 6], SkipMlp = [3, 6] },
        ["exit"] = new() { ExitLayer = 4 },
        ["groups"] = new() { GroupSize = 3 },
        ["everything"] = new() { SkipAttention = [3], SkipMlp = [2], ExitLayer = 5, GroupSize = 2 },
    };

    private readonly List<string> _folders = [];

    public static IEnumerable<object[]> Families => TinyCheckpoint.Families;

    public void Dispose() => _folders.ForEach(folder => Directory.Delete(folder, recursive: true));

    [Theory]
    [MemberData(nameof(Families))]
    public async Task Logits_and_states_agree_with_the_reference(string family)
    {
        using var model = Load(family, threads: 2);
        using var checkpoint = Checkpoint.Open(_folders[^1]);
        var ids = EnginePair.Ids(13);
        ResidualEdit[] edits = [new ResidualEdit(3, [.. Enumerable.Range(1, model.Info.HiddenSize).Select(i => MathF.Sin(i))], -1)];
        foreach (var (name, plan) in _plans)
        {
            var reference = new ReferenceTransformer(checkpoint) { Layers = plan, Edits = edits };
            var expected = reference.Logits(ids);
            using var sequence = model.OpenSequence();
            using var result = await sequence.ForwardAsync(new ForwardInput(ids) { Layers = plan, Edits = edits, Logits = LogitsRows.All, Taps = new Taps { HiddenLayers = [1, 3], EarlyExitLayers = [2, 4] } });
            for (var p = 0; p < ids.Length; p++)
            {
                AssertClose(expected[p], result.Logits(p), $"{name}: logits");
                foreach (var layer in (int[])[1, 3]) AssertClose(reference.Hidden[layer][p], result.Hidden(layer, p), $"{name}: hidden state {layer}");
                foreach (var layer in (int[])[2, 4]) AssertClose(reference.EarlyExit(layer)[p], result.EarlyExit(layer, p), $"{name}: exit {layer}");
            }
        }
    }

    [TorchTheory]
    [MemberData(nameof(Families))]
    public async Task Both_engines_agree(string family)
    {
        using var pair = new EnginePair(family, edit: Deep(family));
        var plain = await pair.Expected(EnginePair.Ids(20));
        foreach (var (name, plan) in _plans)
        {
            var expected = await Rows(pair.Cpu, plan, EnginePair.Ids(20));
            Assert.NotEqual(plain[5], expected[5]);
            EnginePair.AssertClose(expected, await Rows(pair.Torch, plan, EnginePair.Ids(20)), what: name);
            EnginePair.AssertClose(expected, await Rows(pair.Torch, plan, EnginePair.Ids(20), chunk: 7), what: $"{name} in chunks");
        }
    }

    [TorchFact]
    public async Task Torch_runs_different_plans_in_one_batch_and_over_two_devices()
    {
        using var pair = new EnginePair("gemma2", new Decant.Connectors.Torch.TorchModelOptions { Devices = ["cpu", "cpu"] }, edit: Deep("gemma2"));
        await AssertBatch(pair.Torch, (expected, actual) => EnginePair.AssertClose(expected, actual));
    }

    [Fact]
    public async Task Different_plans_in_one_batch_keep_their_bits_and_so_do_chunks_and_trees()
    {
        using var model = Load("gemma2", threads: 2);
        await AssertBatch(model, (expected, actual) => Assert.Equal(expected, actual));
        foreach (var plan in _plans.Values)
        {
            var expected = await Rows(model, plan, EnginePair.Ids(40));
            Assert.Equal(expected, await Rows(model, plan, EnginePair.Ids(40), chunk: 1));
            Assert.Equal(expected, await Rows(model, plan, EnginePair.Ids(40), chunk: 17));

            // Two ways behind 37 tokens; the second is the text's own.
            using var sequence = model.OpenSequence();
            (await sequence.ForwardAsync(new ForwardInput(EnginePair.Ids(40).AsMemory(0, 37)) { Layers = plan, Logits = LogitsRows.None })).Dispose();
            int[] tree = [3, .. EnginePair.Ids(40)[37..]];
            using var result = await sequence.ForwardAsync(new ForwardInput(tree) { Layers = plan, Parents = new[] { -1, -1, 1, 2 }, Logits = LogitsRows.All });
            Assert.Equal(expected[37..], EnginePair.Copy(result)[1..]);
        }
    }

    [Theory]
    [MemberData(nameof(Families))]
    public async Task A_plan_that_leaves_out_nothing_changes_no_bit_and_an_exit_is_the_early_exits(string family)
    {
        using var model = Load(family, threads: 2);
        var ids = EnginePair.Ids(21);
        var plain = await EnginePair.Rows(model, ids);
        foreach (var plan in (LayerPlan[])[new(), new() { GroupSize = 1 }, new() { ExitLayer = Layers }, new() { SkipAttention = [], SkipMlp = [] }]) Assert.Equal(plain, await Rows(model, plan, ids));
        using var sequence = model.OpenSequence();
        using var tapped = await sequence.ForwardAsync(new ForwardInput(ids) { Logits = LogitsRows.All, Taps = new Taps { EarlyExitLayers = [1, 3, 5] } });
        foreach (var exit in (int[])[1, 3, 5])
        {
            var rows = await Rows(model, new LayerPlan { ExitLayer = exit }, ids);
            for (var row = 0; row < ids.Length; row++) Assert.Equal(tapped.EarlyExit(exit, row), rows[row]);
        }
    }

    [Fact]
    public async Task A_forks_parts_leave_the_sequence_as_it_was()
    {
        using var model = Load("llama", threads: 1);
        var ids = EnginePair.Ids(30);
        var expected = await EnginePair.Rows(model, ids);
        using var sequence = model.OpenSequence();
        (await sequence.ForwardAsync(new ForwardInput(ids.AsMemory(0, 20)))).Dispose();
        foreach (var plan in _plans.Values)
        {
            using var fork = sequence.Fork();
            (await fork.ForwardAsync(new ForwardInput(ids.AsMemory(20, 10)) { Layers = plan })).Dispose();
        }

        using var result = await sequence.ForwardAsync(new ForwardInput(ids.AsMemory(20)) { Logits = LogitsRows.All });
        Assert.Equal(expected[20..], EnginePair.Copy(result));
    }

    [Fact]
    public async Task What_does_not_fit_is_refused_by_name()
    {
        using var model = Load("llama", threads: 1);
        using var sequence = model.OpenSequence();
        async Task Refuses(LayerPlan plan, string message, Taps? taps = null)
        {
            var exception = await Assert.ThrowsAsync<ArgumentException>(async () => await sequence.ForwardAsync(new ForwardInput(new[] { 1 }) { Layers = plan, Taps = taps }));
            Assert.Contains(message, exception.Message);
        }

        await Refuses(new() { SkipAttention = [7] }, "SkipAttention names layer 7");
        await Refuses(new() { SkipMlp = [0] }, "SkipMlp names layer 0");
        await Refuses(new() { ExitLayer = 7 }, "ExitLayer names layer 7");
        await Refuses(new() { GroupSize = 0 }, "GroupSize is 0");
        await Refuses(new() { ExitLayer = 3 }, "HiddenLayers names layer 4", new Taps { HiddenLayers = [4] });
        await Refuses(new() { ExitLayer = 3 }, "EarlyExitLayers names layer 4", new Taps { EarlyExitLayers = [4] });
        await Refuses(new() { SkipAttention = [2] }, "AttentionLayers names layer 2", new Taps { AttentionLayers = [2] });
        Assert.Equal(0, sequence.Length);
        var table = TableModel.Random(8);
        Assert.Contains("table", new LayerPlan().Fault(table.Info));
        using var other = table.OpenSequence();
        await Assert.ThrowsAsync<NotSupportedException>(async () => await other.ForwardAsync(new ForwardInput(new[] { 1 }) { Layers = new() }));
    }

    private static async Task AssertBatch(ICausalModel model, Action<float[][], float[][]> same)
    {
        LayerPlan?[] plans = [null, _plans["groups"], _plans["both"], null, _plans["groups"] with { }, _plans["exit"]];
        var entries = plans.Select(plan => new SequenceForward(model.OpenSequence(), new ForwardInput(EnginePair.Ids(20)) { Layers = plan, Logits = LogitsRows.All })).ToArray();
        var results = await model.ForwardAsync(entries);
        for (var i = 0; i < plans.Length; i++)
        {
            using var result = results[i];
            same(await Rows(model, plans[i], EnginePair.Ids(20)), EnginePair.Copy(result));
            entries[i].Sequence.Dispose();
        }
    }

    private static async Task<float[][]> Rows(ICausalModel model, LayerPlan? plan, int[] ids, int chunk = int.MaxValue)
    {
        using var sequence = model.OpenSequence();
        var rows = new List<float[]>();
        while (sequence.Length < ids.Length)
        {
            var part = ids.AsMemory(sequence.Length, Math.Min(chunk, ids.Length - sequence.Length));
            using var result = await sequence.ForwardAsync(new ForwardInput(part) { Logits = LogitsRows.All, Layers = plan });
            rows.AddRange(EnginePair.Copy(result));
        }

        return [.. rows];
    }

    private CpuModel Load(string family, int threads)
    {
        _folders.Add(TinyCheckpoint.Write(family, edit: Deep(family)));
        return CpuModel.Load(_folders[^1], new CpuModelOptions { Threads = threads });
    }

    private static Action<JsonObject> Deep(string family) => config =>
    {
        config[family == "gpt2" ? "n_layer" : "num_hidden_layers"] = Layers;
        if (family == "smollm3") config["no_rope_layers"] = new JsonArray(1, 0, 1, 1, 0, 1);
    };

    private static void AssertClose(double[] expected, ReadOnlySpan<float> actual, string what)
    {
        var largest = expected.Max(Math.Abs);
        for (var i = 0; i < expected.Length; i++)
            Assert.True(Math.Abs(expected[i] - actual[i]) <= 2e-5 * Math.Max(1, largest), $"{what}, element {i}: expected {expected[i]}, got {actual[i]}");
    }
}
