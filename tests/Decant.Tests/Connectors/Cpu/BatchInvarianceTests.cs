using Decant.Connectors.Cpu;
using Decant.Connectors.Cpu.Kernels;
using Decant.Decoding;
using Decant.Tests.Oracles;

namespace Decant.Tests.Connectors.Cpu;

/// <summary>A row's logits are the same bits whatever else runs in its forward, for every family and weight format.</summary>
[Collection(nameof(KernelChoice))]
public sealed class BatchInvarianceTests : IDisposable
{
    private readonly List<string> _folders = [];

    public static IEnumerable<object[]> Cases =>
        from family in TinyCheckpoint.Families
        from weights in new[] { WeightFormat.Float32, WeightFormat.BFloat16, WeightFormat.Int8 }
        select new[] { family[0], weights };

    public void Dispose() => _folders.ForEach(folder => Directory.Delete(folder, recursive: true));

    [Theory]
    [MemberData(nameof(Cases))]
    public async Task One_row_at_a_time_equals_any_grouping_of_rows(string family, WeightFormat weights)
    {
        using var model = Load(family, weights);
        var ids = Ids(70, seed: 3);
        var single = await Rows(model, ids, 1);
        foreach (var rows in (int[])[2, 3, 4, 8, 13, 32, 64, 70]) AssertSameBits(single, await Rows(model, ids, rows), $"{rows} rows");
    }

    [Theory]
    [MemberData(nameof(Cases))]
    public async Task Other_sequences_in_the_forward_change_nothing(string family, WeightFormat weights)
    {
        using var model = Load(family, weights);
        var ids = Ids(20, seed: 3);
        var alone = await Rows(model, ids, 20);
        var others = Enumerable.Range(0, 5).Select(i => (Sequence: model.OpenSequence(), Ids: Ids(3 + 7 * i, seed: 10 + i))).ToList();
        using var own = model.OpenSequence();
        var batch = others.Select(other => new SequenceForward(other.Sequence, new ForwardInput(other.Ids) { Logits = LogitsRows.All })).ToList();
        batch.Insert(2, new SequenceForward(own, new ForwardInput(ids) { Logits = LogitsRows.All }));
        var results = await model.ForwardAsync(batch.ToArray());
        AssertSameBits(alone, Copy(results[2]), "a batch of six");
        foreach (var result in results) result.Dispose();
        others.ForEach(other => other.Sequence.Dispose());
    }

    [Theory]
    [MemberData(nameof(Cases))]
    public async Task A_committed_tree_path_equals_plain_decoding(string family, WeightFormat weights)
    {
        using var model = Load(family, weights);
        var prefix = Ids(9, seed: 3);
        // Two branches from the root, one of which splits again: rows 0-2-3-5 are the path taken.
        int[] tree = [11, 12, 13, 14, 15, 16, 17];
        int[] parents = [-1, -1, 0, 2, 2, 3, 1];
        int[] path = [0, 2, 3, 5];
        using var sequence = model.OpenSequence();
        (await sequence.ForwardAsync(new ForwardInput(prefix) { Logits = LogitsRows.None })).Dispose();
        float[][] fromTree;
        using (var result = await sequence.ForwardAsync(new ForwardInput(tree) { Parents = parents, Logits = LogitsRows.All })) fromTree = Copy(result);
        sequence.Commit(path);
        Assert.Equal(prefix.Length + path.Length, sequence.Length);

        int[] text = [.. prefix, .. path.Select(row => tree[row]), 21, 22];
        var plain = await Rows(model, text, 1);
        for (var i = 0; i < path.Length; i++) Assert.Equal(plain[prefix.Length + i], fromTree[path[i]]);
        using var after = await sequence.ForwardAsync(new ForwardInput(new[] { 21, 22 }) { Logits = LogitsRows.All });
        AssertSameBits(plain[^2..], Copy(after), "rows after the commit");
    }

    [Theory]
    [InlineData(WeightFormat.Float32)]
    [InlineData(WeightFormat.BFloat16)]
    [InlineData(WeightFormat.Int8)]
    public async Task Every_instruction_set_gives_the_same_bits(WeightFormat weights)
    {
        using var model = Load("gemma2", weights);
        var ids = Ids(33, seed: 3);
        var best = KernelChoice.Current;
        var expected = await Rows(model, ids, 11);
        try
        {
            for (var path = KernelPath.Portable; path < best; path++)
            {
                KernelChoice.Current = path;
                AssertSameBits(expected, await Rows(model, ids, 11), path.ToString());
            }
        }
        finally
        {
            KernelChoice.Current = best;
        }
    }

    private static int[] Ids(int count, int seed)
    {
        var random = new Random(seed);
        return [.. Enumerable.Range(0, count).Select(_ => random.Next(TinyCheckpoint.Vocabulary))];
    }

    private static async Task<float[][]> Rows(CpuModel model, int[] ids, int rowsPerForward)
    {
        using var sequence = model.OpenSequence();
        var rows = new List<float[]>();
        for (var start = 0; start < ids.Length; start += rowsPerForward)
        {
            var part = ids.AsMemory(start, Math.Min(rowsPerForward, ids.Length - start));
            using var result = await sequence.ForwardAsync(new ForwardInput(part) { Logits = LogitsRows.All });
            rows.AddRange(Copy(result));
        }

        return [.. rows];
    }

    private static float[][] Copy(ForwardResult result) => [.. Enumerable.Range(0, result.LogitsRowCount).Select(row => result.Logits(row).ToArray())];

    private static void AssertSameBits(float[][] expected, float[][] actual, string what)
    {
        Assert.Equal(expected.Length, actual.Length);
        for (var row = 0; row < expected.Length; row++)
        {
            Assert.True(
                expected[row].AsSpan().SequenceEqual(actual[row]) && expected[row].All(float.IsFinite),
                $"Row {row} differs with {what}: {expected[row].Zip(actual[row]).Max(pair => Math.Abs(pair.First - pair.Second))}");
        }
    }

    private CpuModel Load(string family, WeightFormat weights)
    {
        _folders.Add(TinyCheckpoint.Write(family));
        return CpuModel.Load(_folders[^1], new CpuModelOptions { Weights = weights, Threads = 2 });
    }
}

/// <summary>Tests that switch the process's kernels run while no other test does.</summary>
[CollectionDefinition(nameof(KernelChoice), DisableParallelization = true)]
public sealed class KernelChoiceTests;
