using Decant.Connectors.Chat;
using Decant.Decoding;
using Decant.Hosting;
using Microsoft.Extensions.AI;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection.Extensions;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;

namespace Microsoft.Extensions.DependencyInjection;

/// <summary>Registers local chat clients.</summary>
public static class LocalChatClientServiceCollectionExtensions
{
    /// <summary>Registers a singleton <see cref="IChatClient"/> for the model in <paramref name="modelFolder"/>; it is loaded when first asked for.</summary>
    /// <param name="services">The services.</param>
    /// <param name="modelFolder">A Hugging Face model folder.</param>
    /// <returns>The client's builder: add <c>UseOpenTelemetry()</c> and other middleware to it.</returns>
    public static ChatClientBuilder AddLocalChatClient(this IServiceCollection services, string modelFolder)
        => services.AddLocalChatClient(settings => settings.ModelFolder = modelFolder);

    /// <summary>Registers a singleton <see cref="IChatClient"/>; its model is loaded when first asked for.</summary>
    /// <param name="services">The services.</param>
    /// <param name="configure">Sets at least <see cref="LocalChatClientSettings.ModelFolder"/>.</param>
    /// <returns>The client's builder: add <c>UseOpenTelemetry()</c> and other middleware to it.</returns>
    public static ChatClientBuilder AddLocalChatClient(this IServiceCollection services, Action<LocalChatClientSettings> configure)
    {
        AddSettings(services, Options.Options.DefaultName, configure);
        return services.AddChatClient(provider => Load(provider, Options.Options.DefaultName));
    }

    /// <summary>Registers a singleton <see cref="IChatClient"/> as a section of the configuration describes it; its model is loaded when first asked for.</summary>
    /// <param name="services">The services.</param>
    /// <param name="section">
    /// Has the members of <see cref="LocalChatClientSettings"/>: <c>ModelFolder</c>, and under <c>Client</c> those of <see cref="LocalChatClientOptions"/>. <c>Client:DefaultDecoding</c> takes
    /// decoding options as they are written everywhere: <c>"sampling": { "kind": "sample", "temperature": 0.7 }</c>. What is not known is an error when the host starts.
    /// </param>
    /// <returns>The client's builder: add <c>UseOpenTelemetry()</c> and other middleware to it.</returns>
    public static ChatClientBuilder AddLocalChatClient(this IServiceCollection services, IConfigurationSection section)
    {
        AddSettings(services, Options.Options.DefaultName, section);
        return services.AddChatClient(provider => Load(provider, Options.Options.DefaultName));
    }

    /// <summary>Registers a keyed singleton <see cref="IChatClient"/> for the model in <paramref name="modelFolder"/>; it is loaded when first asked for.</summary>
    /// <param name="services">The services.</param>
    /// <param name="serviceKey">The key, which is also the name of the client's <see cref="LocalChatClientSettings"/>.</param>
    /// <param name="modelFolder">A Hugging Face model folder.</param>
    /// <returns>The client's builder: add <c>UseOpenTelemetry()</c> and other middleware to it.</returns>
    public static ChatClientBuilder AddKeyedLocalChatClient(this IServiceCollection services, string serviceKey, string modelFolder)
        => services.AddKeyedLocalChatClient(serviceKey, settings => settings.ModelFolder = modelFolder);

    /// <summary>Registers a keyed singleton <see cref="IChatClient"/>; its model is loaded when first asked for.</summary>
    /// <param name="services">The services.</param>
    /// <param name="serviceKey">The key, which is also the name of the client's <see cref="LocalChatClientSettings"/>.</param>
    /// <param name="configure">Sets at least <see cref="LocalChatClientSettings.ModelFolder"/>.</param>
    /// <returns>The client's builder: add <c>UseOpenTelemetry()</c> and other middleware to it.</returns>
    public static ChatClientBuilder AddKeyedLocalChatClient(this IServiceCollection services, string serviceKey, Action<LocalChatClientSettings> configure)
    {
        ArgumentException.ThrowIfNullOrEmpty(serviceKey);
        AddSettings(services, serviceKey, configure);
        return services.AddKeyedChatClient(serviceKey, provider => Load(provider, serviceKey));
    }

    /// <summary>Registers a keyed singleton <see cref="IChatClient"/> as a section of the configuration describes it; its model is loaded when first asked for.</summary>
    /// <param name="services">The services.</param>
    /// <param name="serviceKey">The key, which is also the name of the client's <see cref="LocalChatClientSettings"/>.</param>
    /// <param name="section">See <see cref="AddLocalChatClient(IServiceCollection, IConfigurationSection)"/>.</param>
    /// <returns>The client's builder: add <c>UseOpenTelemetry()</c> and other middleware to it.</returns>
    public static ChatClientBuilder AddKeyedLocalChatClient(this IServiceCollection services, string serviceKey, IConfigurationSection section)
    {
        ArgumentException.ThrowIfNullOrEmpty(serviceKey);
        AddSettings(services, serviceKey, section);
        return services.AddKeyedChatClient(serviceKey, provider => Load(provider, serviceKey));
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

    private static void AddSettings(IServiceCollection services, string name, Action<LocalChatClientSettings> configure)
    {
        ArgumentNullException.ThrowIfNull(services);
        ArgumentNullException.ThrowIfNull(configure);
        Validate(services.AddOptions<LocalChatClientSettings>(name).Configure(configure));
    }

    private static void AddSettings(IServiceCollection services, string name, IConfigurationSection section)
    {
        ArgumentNullException.ThrowIfNull(services);
        ArgumentNullException.ThrowIfNull(section);
        services.AddSingleton<IConfigureOptions<LocalChatClientSettings>>(new LocalChatClientSettingsSource(name, section));
        Validate(services.AddOptions<LocalChatClientSettings>(name));
    }

    private static void Validate(OptionsBuilder<LocalChatClientSettings> settings)
    {
        settings.ValidateOnStart();
        settings.Services.TryAddSingleton<LoadedClients>();
        settings.Services.AddSingleton<IValidateOptions<LocalChatClientSettings>>(new LocalChatClientSettingsValidation(settings.Name));
    }

    private static LocalChatClient Load(IServiceProvider provider, string name)
    {
        var settings = provider.GetRequiredService<IOptionsMonitor<LocalChatClientSettings>>().Get(name);
        var loggerFactory = settings.Client.LoggerFactory ?? provider.GetService<ILoggerFactory>();
        foreach (var registration in provider.GetServices<DecodingServiceRegistration>()) registration.Add(provider, settings.Client.Services);
        var client = LocalChatClient.Load(settings.ModelFolder, settings.Client with { LoggerFactory = loggerFactory });
        provider.GetRequiredService<LoadedClients>().Add(name, client);
        return client;
    }
}
