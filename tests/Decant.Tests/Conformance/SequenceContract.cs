using Decant.Tests.Oracles;

namespace Decant.Tests.Conformance;

/// <summary>What a sequence of any engine promises: forks, truncation, commits, export, refusals, cancellation, concurrency. An engine's test class derives from it.</summary>
public abstract class SequenceContract : IDisposable
{
    private ICausalModel? _model;

    /// <summary>A tiny Llama checkpoint.</summary>
    protected string Folder { get; } = TinyCheckpoint.Write("llama", edit: config => config["max_position_embeddings"] = 1024);

    protected ICausalModel Model => _model ??= Load();

    private static int[] LongPrompt => [.. Enumerable.Range(0, 70).Select(i => i * 7 % TinyCheckpoint.Vocabulary)];

    public void Dispose()
    {
        _model?.Dispose();
        Directory.Delete(Folder, recursive: true);
        GC.SuppressFinalize(this);
    }

    [SkippableFact]
    public async Task Random_forks_truncations_and_forwards_equal_fresh_sequences()
    {
        var random = new Random(11);
        var live = new List<(ISequence Sequence, List<int> Ids)> { (Model.OpenSequence(), []) };
        for (var step = 0; step < 150; step++)
        {
            var (sequence, ids) = live[random.Next(live.Count)];
            switch (random.Next(3))
            {
                case 0 when live.Count < 6:
                    live.Add((sequence.Fork(), [.. ids]));
                    break;
                case 1 when ids.Count > 0:
                    var length = random.Next(ids.Count + 1);
                    sequence.Truncate(length);
                    ids.RemoveRange(length, ids.Count - length);
                    break;
                default:
                    if (ids.Count > 200) break;
                    int[] more = [.. Enumerable.Range(0, random.Next(1, 20)).Select(_ => random.Next(TinyCheckpoint.Vocabulary))];
                    ids.AddRange(more);
                    using (var result = await sequence.ForwardAsync(new ForwardInput(more)))
                        AssertSame(await Fresh(ids), result.Logits(0));
                    break;
            }

            Assert.Equal(ids.Count, sequence.Length);
        }

        live.ForEach(entry => entry.Sequence.Dispose());
    }

    [SkippableFact]
    public async Task An_exported_sequence_goes_on_elsewhere()
    {
        int[] ids = [.. Enumerable.Range(0, 75)];
        using var source = Model.OpenSequence();
        (await source.ForwardAsync(new ForwardInput(ids))).Dispose();
        using var stream = new MemoryStream();
        source.Export(stream);

        stream.Position = 0;
        using var target = Model.OpenSequence();
        target.Import(stream);
        using (var result = await target.ForwardAsync(new ForwardInput(new[] { 5 })))
            AssertSame(await Fresh([.. ids, 5]), result.Logits(0));

        foreach (var length in (long[])[stream.Length / 2, 3])
        {
            stream.SetLength(length);
            stream.Position = 0;
            Assert.Throws<InvalidDataException>(() => target.Import(stream));
        }

        target.Truncate(0);
        using var again = await target.ForwardAsync(new ForwardInput(ids));
        AssertSame(await Fresh(ids), again.Logits(0));
    }

    [SkippableFact]
    public async Task Wrong_input_is_named_and_leaves_the_sequence_usable()
    {
        using var sequence = Model.OpenSequence();
        async Task<T> Refused<T>(ForwardInput input)
            where T : Exception => await Assert.ThrowsAsync<T>(async () => await sequence.ForwardAsync(input));
        Assert.Contains("0 … 96", (await Refused<ArgumentOutOfRangeException>(new ForwardInput(new[] { 97 }))).Message);
        await Refused<ArgumentException>(default);
        await Refused<ArgumentException>(new ForwardInput { Embeddings = new float[47] });
        Assert.Throws<ArgumentOutOfRangeException>(() => Model.Embed([TinyCheckpoint.Vocabulary], new float[Model.Info.HiddenSize]));
        Assert.Throws<ArgumentException>(() => Model.Embed([1], new float[Model.Info.HiddenSize + 1]));
        await Refused<ArgumentException>(new ForwardInput(new[] { 1, 2 }) { Parents = new[] { -1, 1 } });
        Assert.Contains("RouterLayers", (await Refused<NotSupportedException>(new ForwardInput(new[] { 1 }) { Taps = new Taps { RouterLayers = [1] } })).Message);
        Assert.Contains("EarlyExitLayers", (await Refused<ArgumentOutOfRangeException>(new ForwardInput(new[] { 1 }) { Taps = new Taps { EarlyExitLayers = [4] } })).Message);
        Assert.Equal(1025, (await Refused<ContextOverflowException>(new ForwardInput(new int[1025]))).Required);
        (await sequence.ForwardAsync(new ForwardInput(new[] { 1, 2, 3 }) { Parents = new[] { -1, -1, 0 } })).Dispose();
        await Refused<InvalidOperationException>(new ForwardInput(new[] { 1 }));
        Assert.Throws<ArgumentException>(() => sequence.Commit([1, 2]));
        sequence.Commit([0, 2]);
        Assert.Equal(2, sequence.Length);
        using var result = await sequence.ForwardAsync(new ForwardInput(new[] { 4 }));
        Assert.Throws<InvalidOperationException>(() => result.Hidden(1, 0).Length);
        Assert.Throws<ArgumentOutOfRangeException>(() => result.Logits(1).Length);
        result.Dispose();
        Assert.Throws<ObjectDisposedException>(() => result.Logits(0).Length);
    }

    [SkippableFact]
    public async Task The_first_rows_of_a_chain_can_be_kept()
    {
        using var sequence = Model.OpenSequence();
        (await sequence.ForwardAsync(new ForwardInput(LongPrompt))).Dispose();
        (await sequence.ForwardAsync(new ForwardInput(new[] { 1, 2, 3, 4 }))).Dispose();
        sequence.Commit([0, 1]);
        using var result = await sequence.ForwardAsync(new ForwardInput(new[] { 9 }));
        AssertSame(await Fresh([.. LongPrompt, 1, 2, 9]), result.Logits(0));
    }

    [SkippableFact]
    public async Task A_failing_stream_leaves_an_empty_sequence()
    {
        using var source = Model.OpenSequence();
        (await source.ForwardAsync(new ForwardInput(LongPrompt))).Dispose();
        using var stream = new MemoryStream();
        source.Export(stream);
        using var target = Model.OpenSequence();
        Assert.Throws<IOException>(() => target.Import(new BreakingStream(stream.ToArray(), (int)stream.Length / 2)));
        Assert.Equal(0, target.Length);
    }

    [SkippableFact]
    public async Task A_large_tree_and_a_row_share_a_forward()
    {
        // More rows than an engine takes in one pass, each a child of the cached row.
        int[] tree = [.. Enumerable.Range(0, 600).Select(i => i % TinyCheckpoint.Vocabulary)];
        using var first = Model.OpenSequence();
        using var second = Model.OpenSequence();
        (await first.ForwardAsync(new ForwardInput(new[] { 1 }))).Dispose();
        (await second.ForwardAsync(new ForwardInput(new[] { 1, 2 }))).Dispose();
        var results = await Model.ForwardAsync(new SequenceForward[]
        {
            new(first, new ForwardInput(tree) { Parents = Enumerable.Repeat(-1, tree.Length).ToArray(), Logits = LogitsRows.All }),
            new(second, new ForwardInput(new[] { 3 })),
        });
        AssertSame(await Fresh([1, 3]), results[0].Logits(3));
        AssertSame(await Fresh([1, 2, 3]), results[1].Logits(0));
        foreach (var result in results) result.Dispose();
    }

    [SkippableFact]
    public async Task A_cancelled_forward_takes_its_rows_back()
    {
        using var sequence = Model.OpenSequence();
        (await sequence.ForwardAsync(new ForwardInput(new[] { 1, 2 }))).Dispose();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(async () => await sequence.ForwardAsync(new ForwardInput(new[] { 3 }), new CancellationToken(true)));
        Assert.Equal(2, sequence.Length);
        using var result = await sequence.ForwardAsync(new ForwardInput(new[] { 3 }));
        AssertSame(await Fresh([1, 2, 3]), result.Logits(0));
    }

    [SkippableFact]
    public async Task Concurrent_sequences_forks_and_commits_equal_single_ones()
    {
        var prompts = Enumerable.Range(0, 8).Select(i => Enumerable.Range(i, 5 + 9 * i).ToArray()).ToArray();
        var expected = new List<float[]>();
        foreach (var prompt in prompts) expected.Add(await Fresh([.. prompt, 1, 3, 9]));
        for (var round = 0; round < 8; round++)
        {
            var actual = await Task.WhenAll(prompts.Select(prompt => Task.Run(async () =>
            {
                using var sequence = Model.OpenSequence();
                (await sequence.ForwardAsync(new ForwardInput(prompt))).Dispose();
                using var fork = sequence.Fork();
                (await fork.ForwardAsync(new ForwardInput(new[] { 2, 1, 4, 3 }) { Parents = new[] { -1, -1, 0, 1 } })).Dispose();
                fork.Commit([1, 3]);
                using var result = await fork.ForwardAsync(new ForwardInput(new[] { 9 }));
                return result.Logits(0).ToArray();
            })));
            for (var i = 0; i < actual.Length; i++) AssertSame(expected[i], actual[i]);
        }
    }

    /// <summary>Fails as a broken connection does.</summary>
    private sealed class BreakingStream(byte[] bytes, int at) : MemoryStream(bytes)
    {
        public override int Read(byte[] buffer, int offset, int count) =>
            Position < at ? base.Read(buffer, offset, Math.Min(count, at - (int)Position)) : throw new IOException("The connection broke.");
    }

    /// <summary>Loads <see cref="Folder"/>, or skips the test where the engine is not there.</summary>
    protected abstract ICausalModel Load();

    /// <summary>Compares logits as closely as the engine promises.</summary>
    protected abstract void AssertSame(float[] expected, ReadOnlySpan<float> actual);

    protected async Task<float[]> Fresh(IEnumerable<int> ids)
    {
        using var sequence = Model.OpenSequence();
        using var result = await sequence.ForwardAsync(new ForwardInput(ids.ToArray()));
        return result.Logits(0).ToArray();
    }
}
