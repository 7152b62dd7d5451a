using Decant.Hosting;
using Microsoft.Extensions.AI;
using Microsoft.Extensions.DependencyInjection;

namespace Decant.Tests.Hosting.Server;

/// <summary>Embeds a text as its length and a constant; a token is a character.</summary>
internal sealed class FakeEmbeddings : IEmbeddingGenerator<string, Embedding<float>>
{
    public const string Model = "lengths";

    public static void AddTo(IServiceCollection services)
        => services.AddSingleton(new ServedEmbeddingModel(Model, null)).AddSingleton<IEmbeddingGenerator<string, Embedding<float>>>(new FakeEmbeddings());

    public Task<GeneratedEmbeddings<Embedding<float>>> GenerateAsync(IEnumerable<string> values, EmbeddingGenerationOptions? options = null, CancellationToken cancellationToken = default)
    {
        var texts = values.ToList();
        if (options?.Dimensions > 2) throw new NotSupportedException("There are 2 dimensions.");
        var count = texts.Sum(text => text.Length);
        return Task.FromResult(new GeneratedEmbeddings<Embedding<float>>(texts.Select(text => new Embedding<float>(new float[] { text.Length, 0.1f }.AsMemory(0, options?.Dimensions ?? 2))))
        {
            Usage = new UsageDetails { InputTokenCount = count, TotalTokenCount = count },
        });
    }

    public object? GetService(Type serviceType, object? serviceKey = null) => null;

    public void Dispose()
    {
    }
}
