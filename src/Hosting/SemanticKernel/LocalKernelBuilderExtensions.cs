using Decant.Hosting;
using Microsoft.Extensions.AI;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.SemanticKernel.ChatCompletion;

namespace Microsoft.SemanticKernel;

/// <summary>Adds local chat clients and embedding generators to kernels. Models are loaded when first asked for, and shared.</summary>
public static class LocalKernelBuilderExtensions
{
    /// <summary>Adds an <see cref="IChatClient"/> that invokes the kernel's functions.</summary>
    /// <param name="builder">The kernel's builder.</param>
    /// <param name="modelFolder">A Hugging Face model folder.</param>
    /// <param name="serviceId">The id by which prompts choose it; null for the default one.</param>
    /// <returns><paramref name="builder"/>.</returns>
    public static IKernelBuilder AddLocalChatClient(this IKernelBuilder builder, string modelFolder, string? serviceId = null)
        => builder.AddLocalChatClient(settings => settings.ModelFolder = modelFolder, serviceId);

    /// <summary>Adds an <see cref="IChatClient"/> that invokes the kernel's functions.</summary>
    /// <param name="builder">The kernel's builder.</param>
    /// <param name="configure">Sets at least <see cref="LocalChatClientSettings.ModelFolder"/>.</param>
    /// <param name="serviceId">The id by which prompts choose it, which is also its settings' name; null for the default one.</param>
    /// <returns><paramref name="builder"/>.</returns>
    public static IKernelBuilder AddLocalChatClient(this IKernelBuilder builder, Action<LocalChatClientSettings> configure, string? serviceId = null)
    {
        ArgumentNullException.ThrowIfNull(builder);
        LocalChatClientServiceCollectionExtensions.Add(builder.Services, serviceId, configure).UseKernelFunctionInvocation();
        return builder;
    }

    /// <summary>Adds an <see cref="IChatCompletionService"/> that invokes the kernel's functions, and the <see cref="IChatClient"/> it is made of.</summary>
    /// <param name="builder">The kernel's builder.</param>
    /// <param name="modelFolder">A Hugging Face model folder.</param>
    /// <param name="serviceId">The id by which prompts choose it; null for the default one.</param>
    /// <returns><paramref name="builder"/>.</returns>
    public static IKernelBuilder AddLocalChatCompletion(this IKernelBuilder builder, string modelFolder, string? serviceId = null)
        => builder.AddLocalChatCompletion(settings => settings.ModelFolder = modelFolder, serviceId);

    /// <summary>Adds an <see cref="IChatCompletionService"/> that invokes the kernel's functions, and the <see cref="IChatClient"/> it is made of.</summary>
    /// <param name="builder">The kernel's builder.</param>
    /// <param name="configure">Sets at least <see cref="LocalChatClientSettings.ModelFolder"/>.</param>
    /// <param name="serviceId">The id by which prompts choose it, which is also its settings' name; null for the default one.</param>
    /// <returns><paramref name="builder"/>.</returns>
    public static IKernelBuilder AddLocalChatCompletion(this IKernelBuilder builder, Action<LocalChatClientSettings> configure, string? serviceId = null)
    {
        builder.AddLocalChatClient(configure, serviceId);
        builder.Services.AddKeyedSingleton(serviceId, (provider, _) => provider.GetRequiredKeyedService<IChatClient>(serviceId).AsChatCompletionService(provider));
        return builder;
    }

    /// <summary>Adds an <see cref="IEmbeddingGenerator{TInput, TEmbedding}"/>.</summary>
    /// <param name="builder">The kernel's builder.</param>
    /// <param name="modelFolder">A Hugging Face model folder.</param>
    /// <param name="serviceId">The key by which it is asked for; null for the default one.</param>
    /// <returns><paramref name="builder"/>.</returns>
    public static IKernelBuilder AddLocalEmbeddingGenerator(this IKernelBuilder builder, string modelFolder, string? serviceId = null)
        => builder.AddLocalEmbeddingGenerator(settings => settings.ModelFolder = modelFolder, serviceId);

    /// <summary>Adds an <see cref="IEmbeddingGenerator{TInput, TEmbedding}"/>.</summary>
    /// <param name="builder">The kernel's builder.</param>
    /// <param name="configure">Sets at least <see cref="LocalEmbeddingGeneratorSettings.ModelFolder"/>.</param>
    /// <param name="serviceId">The key by which it is asked for, which is also its settings' name; null for the default one.</param>
    /// <returns><paramref name="builder"/>.</returns>
    public static IKernelBuilder AddLocalEmbeddingGenerator(this IKernelBuilder builder, Action<LocalEmbeddingGeneratorSettings> configure, string? serviceId = null)
    {
        ArgumentNullException.ThrowIfNull(builder);
        LocalEmbeddingGeneratorServiceCollectionExtensions.Add(builder.Services, serviceId, configure);
        return builder;
    }
}
