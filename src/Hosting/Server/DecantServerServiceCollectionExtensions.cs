using Decant.Hosting;
using Decant.Hosting.Server;
using Microsoft.AspNetCore.Builder;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection.Extensions;
using Microsoft.Extensions.Options;

namespace Microsoft.Extensions.DependencyInjection;

/// <summary>Registers the HTTP server.</summary>
public static class DecantServerServiceCollectionExtensions
{
    /// <summary>Registers what <see cref="DecantEndpointRouteBuilderExtensions.MapDecant"/> maps. The models it serves are those of <c>AddLocalChatClient</c>.</summary>
    /// <param name="services">The services.</param>
    /// <param name="configure">Sets keys and limits; null for the defaults. What is out of range is an error when the host starts.</param>
    /// <returns><paramref name="services"/>.</returns>
    public static IServiceCollection AddDecantServer(this IServiceCollection services, Action<DecantServerOptions>? configure = null)
    {
        Add(services).Configure(configure ?? (_ => { }));
        return services;
    }

    /// <summary>Registers what <see cref="DecantEndpointRouteBuilderExtensions.MapDecant"/> maps, with keys and limits from the configuration.</summary>
    /// <param name="services">The services.</param>
    /// <param name="section">Has the members of <see cref="DecantServerOptions"/>, all of which may be left out. What is not known or out of range is an error when the host starts.</param>
    /// <returns><paramref name="services"/>.</returns>
    public static IServiceCollection AddDecantServer(this IServiceCollection services, IConfigurationSection section)
    {
        ArgumentNullException.ThrowIfNull(section);
        Add(services).Bind(section, binder => binder.ErrorOnUnknownConfiguration = true);
        return services;
    }

    private static OptionsBuilder<DecantServerOptions> Add(IServiceCollection services)
    {
        ArgumentNullException.ThrowIfNull(services);
        services.AddCors().AddRouting();
        services.TryAddEnumerable(ServiceDescriptor.Singleton<IValidateOptions<DecantServerOptions>, DecantServerOptionsValidation>());
        services.TryAddSingleton<ModelLoads>();
        services.TryAddSingleton<ServedModels>();
        services.TryAddSingleton<PublicAddressCheck>();
        services.TryAddSingleton<EndpointGuard>();
        services.TryAddSingleton<ErrorMapper>();
        services.TryAddSingleton<EventStream>();
        services.TryAddSingleton<ChatEndpoint>();
        services.TryAddSingleton<CompletionEndpoint>();
        services.TryAddSingleton<EmbeddingEndpoint>();
        services.TryAddSingleton<ModelEndpoint>();
        services.AddHostedService(provider => provider.GetRequiredService<PublicAddressCheck>());
        return services.AddOptions<DecantServerOptions>().ValidateOnStart();
    }
}
