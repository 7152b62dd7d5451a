using Decant.Connectors.Embeddings;
using Decant.Hosting;
using Microsoft.Extensions.AI;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.Options;

namespace Microsoft.Extensions.DependencyInjection;

/// <summary>Registers local embedding generators. They share the models of the container's chat clients where folder and engine options are the same.</summary>
public static class LocalEmbeddingGeneratorServiceCollectionExtensions
{
    /// <summary>Registers a singleton <see cref="IEmbeddingGenerator{TInput, TEmbedding}"/> over the model in <paramref name="modelFolder"/>; it is loaded when first asked for.</summary>
    /// <param name="services">The services.</param>
    /// <param name="modelFolder">A Hugging Face model folder.</param>
    /// <returns>The generator's builder: add <c>UseDistributedCache()</c> and other middleware to it.</returns>
    public static EmbeddingGeneratorBuilder<string, Embedding<float>> AddLocalEmbeddingGenerator(this IServiceCollection services, string modelFolder)
        => services.AddLocalEmbeddingGenerator(settings => settings.ModelFolder = modelFolder);

    /// <summary>Registers a singleton <see cref="IEmbeddingGenerator{TInput, TEmbedding}"/>; its model is loaded when first asked for.</summary>
    /// <param name="services">The services.</param>
    /// <param name="configure">Sets at least <see cref="LocalEmbeddingGeneratorSettings.ModelFolder"/>.</param>
    /// <returns>The generator's builder: add <c>UseDistributedCache()</c> and other middleware to it.</returns>
    public static EmbeddingGeneratorBuilder<string, Embedding<float>> AddLocalEmbeddingGenerator(this IServiceCollection services, Action<LocalEmbeddingGeneratorSettings> configure)
        => Add(services, null, configure);

    /// <summary>Registers a singleton <see cref="IEmbeddingGenerator{TInput, TEmbedding}"/> as a section of the configuration describes it; its model is loaded when first asked for.</summary>
    /// <param name="services">The services.</param>
    /// <param name="section">Has the members of <see cref="LocalEmbeddingGeneratorSettings"/>: <c>ModelFolder</c>, and under <c>Generator</c> those of <see cref="LocalEmbeddingOptions"/>. What is not known is an error when the host starts.</param>
    /// <returns>The generator's builder: add <c>UseDistributedCache()</c> and other middleware to it.</returns>
    public static EmbeddingGeneratorBuilder<string, Embedding<float>> AddLocalEmbeddingGenerator(this IServiceCollection services, IConfigurationSection section) => Add(services, null, section);

    /// <summary>Registers a keyed singleton <see cref="IEmbeddingGenerator{TInput, TEmbedding}"/> over the model in <paramref name="modelFolder"/>; it is loaded when first asked for.</summary>
    /// <param name="services">The services.</param>
    /// <param name="serviceKey">The key, which is also the name of the generator's <see cref="LocalEmbeddingGeneratorSettings"/>.</param>
    /// <param name="modelFolder">A Hugging Face model folder.</param>
    /// <returns>The generator's builder: add <c>UseDistributedCache()</c> and other middleware to it.</returns>
    public static EmbeddingGeneratorBuilder<string, Embedding<float>> AddKeyedLocalEmbeddingGenerator(this IServiceCollection services, string serviceKey, string modelFolder)
        => services.AddKeyedLocalEmbeddingGenerator(serviceKey, settings => settings.ModelFolder = modelFolder);

    /// <summary>Registers a keyed singleton <see cref="IEmbeddingGenerator{TInput, TEmbedding}"/>; its model is loaded when first asked for.</summary>
    /// <param name="services">The services.</param>
    /// <param name="serviceKey">The key, which is also the name of the generator's <see cref="LocalEmbeddingGeneratorSettings"/>.</param>
    /// <param name="configure">Sets at least <see cref="LocalEmbeddingGeneratorSettings.ModelFolder"/>.</param>
    /// <returns>The generator's builder: add <c>UseDistributedCache()</c> and other middleware to it.</returns>
    public static EmbeddingGeneratorBuilder<string, Embedding<float>> AddKeyedLocalEmbeddingGenerator(this IServiceCollection services, string serviceKey, Action<LocalEmbeddingGeneratorSettings> configure)
    {
        ArgumentException.ThrowIfNullOrEmpty(serviceKey);
        return Add(services, serviceKey, configure);
    }

    /// <summary>Registers a keyed singleton <see cref="IEmbeddingGenerator{TInput, TEmbedding}"/> as a section of the configuration describes it; its model is loaded when first asked for.</summary>
    /// <param name="services">The services.</param>
    /// <param name="serviceKey">The key, which is also the name of the generator's <see cref="LocalEmbeddingGeneratorSettings"/>.</param>
    /// <param name="section">See <see cref="AddLocalEmbeddingGenerator(IServiceCollection, IConfigurationSection)"/>.</param>
    /// <returns>The generator's builder: add <c>UseDistributedCache()</c> and other middleware to it.</returns>
    public static EmbeddingGeneratorBuilder<string, Embedding<float>> AddKeyedLocalEmbeddingGenerator(this IServiceCollection services, string serviceKey, IConfigurationSection section)
    {
        ArgumentException.ThrowIfNullOrEmpty(serviceKey);
        return Add(services, serviceKey, section);
    }

    internal static EmbeddingGeneratorBuilder<string, Embedding<float>> Add(IServiceCollection services, string? serviceKey, Action<LocalEmbeddingGeneratorSettings> configure)
    {
        ArgumentNullException.ThrowIfNull(services);
        ArgumentNullException.ThrowIfNull(configure);
        Validate(services.AddOptions<LocalEmbeddingGeneratorSettings>(serviceKey ?? Options.Options.DefaultName).Configure(configure));
        return LocalEmbeddingGeneratorRegistration.Add(services, serviceKey);
    }

    private static EmbeddingGeneratorBuilder<string, Embedding<float>> Add(IServiceCollection services, string? serviceKey, IConfigurationSection section)
    {
        ArgumentNullException.ThrowIfNull(services);
        ArgumentNullException.ThrowIfNull(section);
        var name = serviceKey ?? Options.Options.DefaultName;
        services.AddSingleton<IConfigureOptions<LocalEmbeddingGeneratorSettings>>(new LocalEmbeddingGeneratorSettingsSource(name, section));
        Validate(services.AddOptions<LocalEmbeddingGeneratorSettings>(name));
        return LocalEmbeddingGeneratorRegistration.Add(services, serviceKey);
    }

    private static void Validate(OptionsBuilder<LocalEmbeddingGeneratorSettings> settings)
    {
        settings.ValidateOnStart();
        settings.Services.AddSingleton<IValidateOptions<LocalEmbeddingGeneratorSettings>>(new LocalEmbeddingGeneratorSettingsValidation(settings.Name));
    }
}
