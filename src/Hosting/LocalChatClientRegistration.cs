using Decant.Connectors.Chat;
using Decant.Connectors.Embedded;
using Microsoft.Extensions.AI;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.DependencyInjection.Extensions;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Logging.Abstractions;
using Microsoft.Extensions.Options;

namespace Decant.Hosting;

/// <summary>All that the container has for one local chat client, by its service key; settings are named after it.</summary>
internal static class LocalChatClientRegistration
{
    public static ChatClientBuilder Add(IServiceCollection services, string? serviceKey)
    {
        services.TryAddSingleton<ModelPool>();
        services.AddHostedService<ModelWarmupService>();
        services.AddHostedService<DrainService>();

        // A second registration under the same key replaces the client and shares the rest.
        if (!services.Any(service => service.ServiceType == typeof(ClientDrain) && Equals(service.ServiceKey, serviceKey)))
        {
            services.AddKeyedSingleton(serviceKey, (_, _) => new ClientDrain());
            services.AddKeyedSingleton(serviceKey, (provider, _) => new ModelReadiness(Id(provider, serviceKey), Logger<ModelReadiness>(provider), TimeProvider.System));
            services.AddSingleton(provider => new ServedModel(Id(provider, serviceKey), serviceKey));
            services.AddSingleton(new WarmupStep(
                provider => Settings(provider, serviceKey).Warmup == ModelWarmup.AtStart,
                (provider, cancellationToken) => WarmUpAsync(provider, serviceKey, cancellationToken)));
        }

        return services.AddKeyedChatClient(serviceKey, provider => Load(provider, serviceKey))
            .Use((inner, provider) => new DrainingChatClient(inner, provider.GetRequiredKeyedService<ClientDrain>(serviceKey)));
    }

    /// <summary>The folder's own name.</summary>
    public static string FolderName(string folder) => Path.GetFileName(Path.TrimEndingDirectorySeparator(Path.GetFullPath(EmbeddedModels.Resolve(folder))));

    public static ILogger Logger<T>(IServiceProvider provider) => (provider.GetService<ILoggerFactory>() ?? NullLoggerFactory.Instance).CreateLogger<T>();

    /// <summary>Ends a load when the host stops.</summary>
    public static CancellationToken Stopping(IServiceProvider provider) => provider.GetService<IHostApplicationLifetime>()?.ApplicationStopping ?? default;

    private static LocalChatClientSettings Settings(IServiceProvider provider, string? serviceKey)
        => provider.GetRequiredService<IOptionsMonitor<LocalChatClientSettings>>().Get(serviceKey ?? Options.DefaultName);

    private static string Id(IServiceProvider provider, string? serviceKey)
    {
        var settings = Settings(provider, serviceKey);
        return settings.Client.ModelId ?? serviceKey ?? FolderName(settings.ModelFolder);
    }

    private static LocalChatClient Load(IServiceProvider provider, string? serviceKey)
    {
        var settings = Settings(provider, serviceKey);
        foreach (var registration in provider.GetServices<DecodingServiceRegistration>()) registration.Add(provider, settings.Client.Services);
        var options = settings.Client with
        {
            LoggerFactory = settings.Client.LoggerFactory ?? provider.GetService<ILoggerFactory>(),
            Pool = settings.Client.Pool ?? provider.GetRequiredService<ModelPool>(),
        };
        var readiness = provider.GetRequiredKeyedService<ModelReadiness>(serviceKey);
        readiness.Enter(ModelState.Loading);
        try
        {
            var client = LocalChatClient.Load(settings.ModelFolder, options, readiness, Stopping(provider));
            readiness.Enter(ModelState.Ready);
            return client;
        }
        catch (Exception exception)
        {
            readiness.Fail(exception);
            throw;
        }
    }

    // The client itself answers: middleware need not see it.
    private static async Task WarmUpAsync(IServiceProvider provider, string? serviceKey, CancellationToken cancellationToken)
    {
        var client = provider.GetRequiredKeyedService<IChatClient>(serviceKey).GetRequiredService<LocalChatClient>();
        var readiness = provider.GetRequiredKeyedService<ModelReadiness>(serviceKey);
        readiness.Enter(ModelState.WarmingUp);
        try
        {
            await client.GetResponseAsync("Hello!", new ChatOptions { MaxOutputTokens = 2 }, cancellationToken).ConfigureAwait(false);
        }
        catch (Exception exception) when (exception is ArgumentException or NotSupportedException or OperationCanceledException)
        {
            // The model is as ready as it can be: its default decoding may want documents, say, which a call brings along.
        }
        catch (Exception exception)
        {
            readiness.Fail(exception);
            throw;
        }

        readiness.Enter(ModelState.Ready);
    }
}
