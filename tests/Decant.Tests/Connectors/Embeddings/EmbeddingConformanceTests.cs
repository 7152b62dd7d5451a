using System.Numerics.Tensors;
using Decant.Connectors.Embedded;
using Decant.Connectors.Embeddings;
using Decant.Tests.Conformance;
using Microsoft.Extensions.AI;

namespace Decant.Tests.Connectors.Embeddings;

/// <summary>What frameworks expect of any embedding generator, and what a user expects of this one's embeddings.</summary>
public sealed class EmbeddingConformanceTests : IDisposable
{
    private readonly LocalEmbeddingGenerator _generator = LocalEmbeddingGenerator.Load(EmbeddedModels.Tiny);

    public void Dispose() => _generator.Dispose();

    [Fact]
    public async Task GenerateEmbedding_CreatesEmbeddingSuccessfully()
    {
        var embeddings = await _generator.GenerateAsync(["Using AI with .NET"]);
        Assert.InRange(embeddings.Usage!.InputTokenCount!.Value, 1, 50);
        Assert.Equal(embeddings.Usage.InputTokenCount, embeddings.Usage.TotalTokenCount);
        var embedding = Assert.Single(embeddings);
        Assert.Equal(EmbeddedModels.Tiny, embedding.ModelId);
        Assert.NotEmpty(embedding.Vector.ToArray());
        Assert.InRange(embedding.CreatedAt!.Value, DateTimeOffset.UtcNow.AddMinutes(-10), DateTimeOffset.UtcNow);
    }

    [Fact]
    public async Task GenerateEmbeddings_CreatesEmbeddingsSuccessfully()
    {
        var embeddings = await _generator.GenerateAsync(["Red", "White", "Blue"]);
        Assert.Equal(3, embeddings.Count);
        Assert.All(embeddings, embedding => Assert.Equal(_generator.GetService<EmbeddingGeneratorMetadata>()!.DefaultModelDimensions, embedding.Vector.Length));
        Assert.NotEqual(embeddings[0].Vector.ToArray(), embeddings[1].Vector.ToArray());
    }

    [Fact]
    public async Task Caching_SameOutputsForSameInput()
    {
        var cache = new DictionaryCache();
        using var generator = _generator.AsBuilder().UseDistributedCache(cache).Use((inner, _) => new Counting(inner)).Build();
        var first = await generator.GenerateAsync(["Red, White, and Blue"]);
        var second = await generator.GenerateAsync(["Red, White, and Blue"]);
        var third = await generator.GenerateAsync(["Red, White, and Blue?"]);
        Assert.Equal(first[0].Vector.ToArray(), second[0].Vector.ToArray());
        Assert.NotEqual(first[0].Vector.ToArray(), third[0].Vector.ToArray());
        Assert.Equal(2, generator.GetService<Counting>()!.Calls);
    }

    [Fact]
    public async Task OpenTelemetry_CanEmitTracesAndMetrics()
    {
        using var activities = new RecordedActivities();
        using var generator = _generator.AsBuilder().UseOpenTelemetry(sourceName: activities.Source).Build();
        var embeddings = await generator.GenerateAsync(["Hello, world!"]);
        var activity = Assert.Single(activities.Ended);
        Assert.StartsWith("embeddings ", activity.DisplayName);
        Assert.Equal(EmbeddedModels.Tiny, activity.GetTagItem("gen_ai.request.model"));
        Assert.Equal((int)embeddings.Usage!.InputTokenCount!, activity.GetTagItem("gen_ai.usage.input_tokens"));
    }

    [Theory]
    [InlineData(EmbeddingPooling.Mean)]
    [InlineData(EmbeddingPooling.Last)]
    [InlineData(EmbeddingPooling.Weighted)]
    [InlineData(EmbeddingPooling.PromptEol)]
    public async Task Texts_are_nearer_to_those_of_their_own_topic(EmbeddingPooling pooling)
    {
        string[][] topics =
        [
            ["Where does Savisha live?", "Where does Savisha work?", "Where does Rodane live?"],
            ["What is 58 + 67?", "What is 12 + 33?", "What is 40 + 25?"],
            ["Tell me a story about Savisha.", "Tell me a story about Rodane.", "Tell me a story about a fox."],
        ];
        using var generator = LocalEmbeddingGenerator.Load(EmbeddedModels.Tiny, new() { Pooling = pooling });
        var embeddings = await generator.GenerateAsync(topics.SelectMany(texts => texts));
        var nearest = Enumerable.Range(0, embeddings.Count).Count(i => Enumerable.Range(0, embeddings.Count).Where(j => j != i)
            .MaxBy(j => TensorPrimitives.Dot(embeddings[i].Vector.Span, embeddings[j].Vector.Span)) / 3 == i / 3);
        Assert.True(nearest == embeddings.Count, $"{pooling}: the nearest of {nearest} of {embeddings.Count} texts is of their topic.");
    }

    private sealed class Counting(IEmbeddingGenerator<string, Embedding<float>> inner) : DelegatingEmbeddingGenerator<string, Embedding<float>>(inner)
    {
        public int Calls { get; private set; }

        public override Task<GeneratedEmbeddings<Embedding<float>>> GenerateAsync(IEnumerable<string> values, EmbeddingGenerationOptions? options = null, CancellationToken cancellationToken = default)
        {
            Calls++;
            return base.GenerateAsync(values, options, cancellationToken);
        }
    }
}
