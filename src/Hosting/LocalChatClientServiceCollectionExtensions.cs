using Decant.Connectors.Chat;
using Decant.Hosting;
using Microsoft.Extensions.AI;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Options;

namespace Microsoft.Extensions.DependencyInjection;

/// <summary>Registers local chat clients. Those of a container share the models they load, and end their calls when its host stops.</summary>
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
    public static ChatClientBuilder AddLocalChatClient(this IServiceCollection services, Action<LocalChatClientSettings> configure) => Add(services, null, configure);

    /// <summary>Registers a singleton <see cref="IChatClient"/> as a section of the configuration describes it; its model is loaded when first asked for.</summary>
    /// <param name="services">The services.</param>
    /// <param name="section">
    /// Has the members of <see cref="LocalChatClientSettings"/>: <c>ModelFolder</c>, and under <c>Client</c> those of <see cref="LocalChatClientOptions"/>. <c>Client:DefaultDecoding</c> takes
    /// decoding options as they are written everywhere: <c>"sampling": { "kind": "sample", "temperature": 0.7 }</c>. What is not known is an error when the host starts.
    /// </param>
    /// <returns>The client's builder: add <c>UseOpenTelemetry()</c> and other middleware to it.</returns>
    public static ChatClientBuilder AddLocalChatClient(this IServiceCollection services, IConfigurationSection section) => Add(services, null, section);

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
        return Add(services, serviceKey, configure);
    }

    /// <summary>Registers a keyed singleton <see cref="IChatClient"/> as a section of the configuration describes it; its model is loaded when first asked for.</summary>
    /// <param name="services">The services.</param>
    /// <param name="serviceKey">The key, which is also the name of the client's <see cref="LocalChatClientSettings"/>.</param>
    /// <param name="section">See <see cref="AddLocalChatClient(IServiceCollection, IConfigurationSection)"/>.</param>
    /// <returns>The client's builder: add <c>UseOpenTelemetry()</c> and other middleware to it.</returns>
    public static ChatClientBuilder AddKeyedLocalChatClient(this IServiceCollection services, string serviceKey, IConfigurationSection section)
    {
        ArgumentException.ThrowIfNullOrEmpty(serviceKey);
        return Add(services, serviceKey, section);
    }

    /// <summary>Loads every local chat client's and embedding generator's model when the host starts, whatever their settings say: see <see cref="ModelWarmup.AtStart"/>.</summary>
    /// <param name="services">The services.</param>
    /// <returns><paramref name="services"/>.</returns>
    public static IServiceCollection AddLocalModelWarmup(this IServiceCollection services) => services
        .PostConfigureAll<LocalChatClientSettings>(settings => settings.Warmup = ModelWarmup.AtStart)
        .PostConfigureAll<LocalEmbeddingGeneratorSettings>(settings => settings.Warmup = ModelWarmup.AtStart);

    internal static ChatClientBuilder Add(IServiceCollection services, string? serviceKey, Action<LocalChatClientSettings> configure)
    {
        ArgumentNullException.ThrowIfNull(services);
        ArgumentNullException.ThrowIfNull(configure);
        Validate(services.AddOptions<LocalChatClientSettings>(serviceKey ?? Options.Options.DefaultName).Configure(configure));
        return LocalChatClientRegistration.Add(services, serviceKey);
    }

    private static ChatClientBuilder Add(IServiceCollection services, string? serviceKey, IConfigurationSection section)
    {
        ArgumentNullException.ThrowIfNull(services);
        ArgumentNullException.ThrowIfNull(section);
        var name = serviceKey ?? Options.Options.DefaultName;
        services.AddSingleton<IConfigureOptions<LocalChatClientSettings>>(new LocalChatClientSettingsSource(name, section));
        Validate(services.AddOptions<LocalChatClientSettings>(name));
        return LocalChatClientRegistration.Add(services, serviceKey);
    }

    private static void Validate(OptionsBuilder<LocalChatClientSettings> settings)
    {
        settings.ValidateOnStart();
        settings.Services.AddSingleton<IValidateOptions<LocalChatClientSettings>>(provider => new LocalChatClientSettingsValidation(settings.Name, provider.GetRequiredService<IOptions<HostOptions>>()));
    }
}
