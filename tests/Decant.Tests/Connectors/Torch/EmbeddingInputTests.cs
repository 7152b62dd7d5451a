namespace Decant.Tests.Connectors.Torch;

/// <summary>Both engines on embeddings in place of ids.</summary>
public sealed class EmbeddingInputTests
{
    [TorchTheory]
    [InlineData("gemma2")]
    [InlineData("gpt2")]
    [InlineData("granite")]
    public async Task Embeddings_as_input_agree(string family)
    {
        using var pair = new EnginePair(family);
        var random = new Random(4);
        var embeddings = Enumerable.Range(0, 5 * pair.Torch.Info.HiddenSize).Select(_ => (float)random.NextDouble() - 0.5f).ToArray();
        async Task<float[][]> Run(ICausalModel model)
        {
            using var sequence = model.OpenSequence();
            using var other = model.OpenSequence();
            var results = await model.ForwardAsync(new[]
            {
                new SequenceForward(other, new ForwardInput(EnginePair.Ids(5))),
                new SequenceForward(sequence, new ForwardInput { Embeddings = embeddings, Logits = LogitsRows.All }),
            });
            var rows = EnginePair.Copy(results[1]);
            foreach (var result in results) result.Dispose();
            return rows;
        }

        EnginePair.AssertClose(await Run(pair.Cpu), await Run(pair.Torch));
    }

    [TorchTheory]
    [InlineData("llama")]
    [InlineData("gemma2")]
    [InlineData("gpt2")]
    [InlineData("granite")]
    public async Task Embeddings_of_ids_give_what_the_ids_give(string family)
    {
        using var pair = new EnginePair(family);
        var (ids, size) = (EnginePair.Ids(5), pair.Torch.Info.HiddenSize);
        var (expected, embeddings) = (new float[ids.Length * size], new float[ids.Length * size]);
        pair.Cpu.Embed(ids, expected);
        pair.Torch.Embed(ids, embeddings);
        EnginePair.AssertClose(expected, embeddings, "embeddings", 1e-6f);
        using var sequence = pair.Torch.OpenSequence();
        using var result = await sequence.ForwardAsync(new ForwardInput { Embeddings = embeddings, Logits = LogitsRows.All });
        EnginePair.AssertClose(await EnginePair.Rows(pair.Torch, ids), EnginePair.Copy(result), 1e-6f);
    }
}
