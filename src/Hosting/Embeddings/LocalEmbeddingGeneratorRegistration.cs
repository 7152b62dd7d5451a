using Decant.Connectors.Chat;
using Decant.Connectors.Embeddings;
using Microsoft.Extensions.AI;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.DependencyInjection.Extensions;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;

namespace Decant.Hosting;

/// <summary>All that the container has for one local embedding generator, by its service key; settings are named after it.</summary>
internal static class LocalEmbeddingGeneratorRegistration
{
    public static EmbeddingGeneratorBuilder<string, Embedding<float>> Add(IServiceCollection services, string? serviceKey)
    {
        services.TryAddSingleton<ModelPool>();
        services.AddHostedService<ModelWarmupService>();
        services.AddSingleton(provider => new ServedEmbeddingModel(Id(provider, serviceKey), serviceKey));
        services.AddSingleton(new WarmupStep(
            provider => Settings(provider, serviceKey).Warmup == ModelWarmup.AtStart,
            (provider, cancellationToken) => provider.GetRequiredKeyedService<IEmbeddingGenerator<string, Embedding<float>>>(serviceKey).GetRequiredService<LocalEmbeddingGenerator>()
                .GenerateAsync(["Hello!"], cancellationToken: cancellationToken)));
        return services.AddKeyedEmbeddingGenerator(serviceKey, provider => Load(provider, serviceKey));
    }

    private static LocalEmbeddingGeneratorSettings Settings(IServiceProvider provider, string? serviceKey)
        => provider.GetRequiredService<IOptionsMonitor<LocalEmbeddingGeneratorSettings>>().Get(serviceKey ?? Options.DefaultName);

    private static string Id(IServiceProvider provider, string? serviceKey)
    {
        var settings = Settings(provider, serviceKey);
        return settings.Generator.ModelId ?? serviceKey ?? LocalChatClientRegistration.FolderName(settings.ModelFolder);
    }

    private static LocalEmbeddingGenerator Load(IServiceProvider provider, string? serviceKey)
    {
        var settings = Settings(provider, serviceKey);
        var options = settings.Generator with
        {
            LoggerFactory = settings.Generator.LoggerFactory ?? provider.GetService<ILoggerFactory>(),
            Pool = settings.Generator.Pool ?? provider.GetRequiredService<ModelPool>(),
        };
        return LocalEmbeddingGenerator.Load(settings.ModelFolder, options, null, LocalChatClientRegistration.Stopping(provider));
    }
}
