using Decant.Decoding;
using Decant.Hosting;

namespace Microsoft.Extensions.DependencyInjection;

/// <summary>Registers what the decoding options of every local chat client of a container may name.</summary>
public static class DecodingServiceCollectionExtensions
{
    /// <summary>Registers a reward, which options name by <see cref="NamedRewardOptions.Reward"/>.</summary>
    /// <inheritdoc cref="AddDecodingService{T}"/>
    public static IServiceCollection AddReward(this IServiceCollection services, string name, Func<IServiceProvider, IReward> create) => services.AddDecodingService(name, create);

    /// <summary>Registers a processor of logits or probabilities, which options name by <see cref="CustomProcessorOptions.Name"/>.</summary>
    /// <param name="services">The services.</param>
    /// <param name="name">The name that options use; not empty.</param>
    /// <param name="create">Makes it for each call: it is given the model and its vocabulary.</param>
    /// <returns><paramref name="services"/>.</returns>
    public static IServiceCollection AddProcessor(this IServiceCollection services, string name, ProcessorFactory create)
    {
        ArgumentNullException.ThrowIfNull(create);
        return services.AddDecodingService(name, _ => create);
    }

    /// <summary>Registers a store of texts that <see cref="RetrievalOptions.Store"/> names, from a file that <see cref="RetrievalStoreBuilder"/> wrote. All clients share it; the container closes it.</summary>
    /// <param name="services">The services.</param>
    /// <param name="name">The name that options use; not empty.</param>
    /// <param name="path">The file; it is opened when the first client is made, see <see cref="RetrievalStore.Open"/>.</param>
    /// <returns><paramref name="services"/>.</returns>
    public static IServiceCollection AddDraftStore(this IServiceCollection services, string name, string path)
    {
        ArgumentException.ThrowIfNullOrEmpty(path);
        services.AddDecodingService(name, provider => provider.GetRequiredKeyedService<RetrievalStore>(name));
        return services.AddKeyedSingleton(name, (_, _) => RetrievalStore.Open(path));
    }

    /// <summary>Registers something that the decoding options of every local chat client of this container may name: a processor, a grounder, a reward.</summary>
    /// <typeparam name="T">The type that strategies look it up by, see <see cref="DecodingServices"/>.</typeparam>
    /// <param name="services">The services.</param>
    /// <param name="name">The name that options use; not empty.</param>
    /// <param name="create">Makes it, once for each client. What it takes from the container, the container owns; the rest nobody disposes.</param>
    /// <returns><paramref name="services"/>.</returns>
    public static IServiceCollection AddDecodingService<T>(this IServiceCollection services, string name, Func<IServiceProvider, T> create)
        where T : class
    {
        ArgumentNullException.ThrowIfNull(services);
        ArgumentException.ThrowIfNullOrEmpty(name);
        ArgumentNullException.ThrowIfNull(create);
        return services.AddSingleton(new DecodingServiceRegistration((provider, decoding) => decoding.Add(name, create(provider))));
    }
}
