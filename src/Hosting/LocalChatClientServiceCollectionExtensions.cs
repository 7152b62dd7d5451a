using Decant.Connectors.Chat;
using Decant.Hosting;
using Microsoft.Extensions.AI;
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

    private static void AddSettings(IServiceCollection services, string name, Action<LocalChatClientSettings> configure)
    {
        ArgumentNullException.ThrowIfNull(services);
        ArgumentNullException.ThrowIfNull(configure);
        services.AddOptions<LocalChatClientSettings>(name).Configure(configure).ValidateOnStart();
        services.AddSingleton<IValidateOptions<LocalChatClientSettings>>(new ModelFolderValidation(name));
    }

    private static LocalChatClient Load(IServiceProvider provider, string name)
    {
        var settings = provider.GetRequiredService<IOptionsMonitor<LocalChatClientSettings>>().Get(name);
        var loggerFactory = settings.Client.LoggerFactory ?? provider.GetService<ILoggerFactory>();
        return LocalChatClient.Load(settings.ModelFolder, settings.Client with { LoggerFactory = loggerFactory });
    }
}
