namespace Decant.Tests.Decoding;

/// <summary>The loop over a table model: reproducible, chunk-blind, bounded, cancellable.</summary>
public class GeneratorTests
{
    private static async Task<List<GeneratedToken>> Run(ICausalModel model, GenerationRequest? edit = null, Func<GenerationRequest, GenerationRequest>? change = null)
    {
        using var sequence = model.OpenSequence();
        var request = edit ?? new GenerationRequest { Sequence = sequence, Prompt = new[] { 1, 2, 3, 4, 5 }, MaxTokens = 20, Plan = Plans.Of(new SamplingOptions { Seed = 9 }) };
        var tokens = new List<GeneratedToken>();
        await foreach (var token in Generator.GenerateAsync(change?.Invoke(request) ?? request)) tokens.Add(token);
        Assert.Equal(5 + tokens.Count - 1, sequence.Length);
        return tokens;
    }

    [Fact]
    public async Task The_same_seed_gives_the_same_tokens_whatever_the_chunks()
    {
        using var model = TableModel.Random(30);
        var tokens = await Run(model);
        foreach (var chunk in (int[])[1, 2, 3, 5]) Assert.Equal(tokens, await Run(model, change: request => request with { PrefillChunk = chunk }));
        Assert.NotEqual(tokens, await Run(model, change: request => request with { Plan = Plans.Of(new SamplingOptions { Seed = 10 }) }));
        Assert.Equal(FinishKind.MaxTokens, tokens[^1].Finish);
        Assert.All(tokens[..^1], token => Assert.Null(token.Finish));
        Assert.Equal(0, model.OpenResults);
    }

    [Fact]
    public async Task Greedy_takes_the_likeliest_token_every_time()
    {
        using var model = TableModel.Random(30);
        var tokens = await Run(model, change: request => request with { Plan = Plans.Of(new SamplingOptions { Temperature = 0 }) });
        List<int> ids = [1, 2, 3, 4, 5];
        foreach (var token in tokens)
        {
            var logits = new float[30];
            model.Fill(ids.ToArray(), logits);
            Assert.Equal(Array.IndexOf(logits, logits.Max()), token.Id);
            ids.Add(token.Id);
        }
    }

    [Fact]
    public async Task An_end_token_or_a_full_context_ends_the_generation()
    {
        using var model = TableModel.Random(30, contextLength: 9);
        var full = await Run(model);
        Assert.Equal((5, FinishKind.ContextFull), (full.Count, full[^1].Finish));
        var ended = await Run(model, change: request => request with { EndTokens = [full[2].Id] });
        Assert.Equal(full.FindIndex(token => token.Id == full[2].Id) + 1, ended.Count);
        Assert.Equal(FinishKind.EndToken, ended[^1].Finish);
    }

    [Fact]
    public async Task The_first_three_tokens_have_the_models_joint_distribution()
    {
        using var model = TableModel.Random(3);
        var counts = new int[27];
        var expected = new double[27];
        for (var i = 0; i < 27; i++)
        {
            expected[i] = 1;
            List<int> ids = [1, 2, 3, 4, 5];
            foreach (var token in (int[])[i / 9, i / 3 % 3, i % 3])
            {
                var logits = new float[3];
                model.Fill(ids.ToArray(), logits);
                expected[i] *= TextbookSampling.Distribution(logits, new SamplingOptions())[token];
                ids.Add(token);
            }
        }

        for (var seed = 0; seed < 20_000; seed++)
        {
            var tokens = await Run(model, change: request => request with { MaxTokens = 3, Plan = Plans.Of(new SamplingOptions { Seed = seed }) });
            counts[tokens[0].Id * 9 + tokens[1].Id * 3 + tokens[2].Id]++;
        }

        Statistics.AssertFits(counts, expected);
    }

    [Fact]
    public async Task Cancellation_ends_prefill_and_decode_within_a_step()
    {
        using var model = TableModel.Random(30);
        foreach (var after in (int[])[1, 3, 7])
        {
            using var source = new CancellationTokenSource();
            var forwards = 0;
            model.BeforeForward = _ =>
            {
                if (++forwards == after) source.Cancel();
                return Task.CompletedTask;
            };
            using var sequence = model.OpenSequence();
            var request = new GenerationRequest { Sequence = sequence, Prompt = new[] { 1, 2, 3, 4, 5 }, PrefillChunk = 1 };
            await Assert.ThrowsAnyAsync<OperationCanceledException>(async () =>
            {
                await foreach (var _ in Generator.GenerateAsync(request, source.Token)) { }
            });
            Assert.InRange(forwards, after, after);
            model.BeforeForward = null;
        }

        Assert.Equal(0, model.OpenResults);
    }

    [Fact]
    public void Requests_are_checked_before_anything_runs()
    {
        using var model = TableModel.Random(30, contextLength: 9);
        using var sequence = model.OpenSequence();
        var request = new GenerationRequest { Sequence = sequence, Prompt = new[] { 1 } };
        Assert.ThrowsAny<ArgumentException>(() => Generator.GenerateAsync(request with { Prompt = default }));
        Assert.ThrowsAny<ArgumentException>(() => Generator.GenerateAsync(request with { Cached = new[] { 1 } }));
        Assert.ThrowsAny<ArgumentException>(() => Generator.GenerateAsync(request with { MaxTokens = 0 }));
        Assert.Throws<ContextOverflowException>(() => Generator.GenerateAsync(request with { Prompt = new int[10] }));
    }
}
