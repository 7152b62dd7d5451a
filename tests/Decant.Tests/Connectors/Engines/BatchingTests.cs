using Decant.Connectors.Cpu;
using Decant.Connectors.Engines;
using Decant.Tests.Oracles;

namespace Decant.Tests.Connectors.Engines;

/// <summary>Steps that requests join and leave, against every sequence alone: the same bits.</summary>
public sealed class BatchingTests : IDisposable
{
    private readonly string _folder = TinyCheckpoint.Write("yi", edit: config => config["max_position_embeddings"] = 2048);

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    [Fact]
    public async Task Long_prompts_and_streams_together_have_the_bits_they_have_alone()
    {
        using var model = Load();
        var prompts = Enumerable.Range(0, 12).Select(i => Ids(i, i % 3 == 0 ? 700 + (37 * i) : 3 + (5 * i))).ToArray();
        var expected = new List<float[]>();
        foreach (var prompt in prompts) expected.AddRange(await StreamAsync(model, prompt));
        for (var round = 0; round < 3; round++)
        {
            var together = await Task.WhenAll(prompts.Select(prompt => Task.Run(() => StreamAsync(model, prompt))));
            Assert.Equal(expected, together.SelectMany(rows => rows));
        }

        var steps = ((IBatchingEngine)model).Steps;
        Assert.True(steps.Requests > steps.Steps, $"{steps.Requests} requests in {steps.Steps} steps");
        Assert.InRange(model.Batch, 1, 12);
    }

    [Fact]
    public async Task Who_cancels_between_two_steps_leaves_nothing_behind_and_hinders_nobody()
    {
        using var model = Load();
        var random = new Random(5);
        var expected = await StreamAsync(model, Ids(3, 300));
        await Task.WhenAll(Enumerable.Range(0, 24).Select(i => Task.Run(async () =>
        {
            if (i % 2 == 0)
            {
                Assert.Equal(expected, await StreamAsync(model, Ids(3, 300)));
                return;
            }

            using var cancellation = new CancellationTokenSource(TimeSpan.FromMilliseconds(random.Next(1, 30)));
            using var sequence = model.OpenSequence();
            try
            {
                while (true)
                {
                    (await sequence.ForwardAsync(new ForwardInput(Ids(i, 900)), cancellation.Token)).Dispose();
                    sequence.Truncate(0);
                }
            }
            catch (OperationCanceledException)
            {
                Assert.Equal(0, sequence.Length);
            }
        })));
        Assert.Equal(0, model.Pages.PagesInUse);
    }

    internal static int[] Ids(int seed, int count) => [.. Enumerable.Range(0, count).Select(i => (i * i * (seed + 3) + i + seed) % TinyCheckpoint.Vocabulary)];

    internal static async Task<List<float[]>> StreamAsync(ICausalModel model, int[] prompt, int tokens = 12)
    {
        using var sequence = model.OpenSequence();
        return await ContinueAsync(sequence, prompt, tokens);
    }

    /// <summary>The logits rows of a prompt's last token and of the greedy tokens behind it.</summary>
    internal static async Task<List<float[]>> ContinueAsync(ISequence sequence, int[] prompt, int tokens)
    {
        var rows = new List<float[]>();
        var next = prompt;
        for (var i = 0; i < tokens; i++)
        {
            using var result = await sequence.ForwardAsync(new ForwardInput(next));
            rows.Add(result.Logits(0).ToArray());
            next = [result.ArgMax(0)];
        }

        return rows;
    }

    private CpuModel Load() => CpuModel.Load(_folder, new CpuModelOptions { Threads = 2 });
}
