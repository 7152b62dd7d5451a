using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;

namespace Decant.Hosting;

/// <summary>Lets the running calls of all registered clients end before anything else of the host stops.</summary>
internal sealed partial class DrainService(IServiceProvider provider, IOptionsMonitor<LocalChatClientSettings> settings, ILogger<DrainService> logger) : IHostedLifecycleService
{
    public Task StoppingAsync(CancellationToken cancellationToken) => Task.WhenAll(provider.GetServices<ServedModel>().Select(model => DrainAsync(model, cancellationToken)));

    public Task StartingAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    public Task StartAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    public Task StartedAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    public Task StopAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    public Task StoppedAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    private async Task DrainAsync(ServedModel model, CancellationToken cancellationToken)
    {
        var drain = provider.GetRequiredKeyedService<ClientDrain>(model.ServiceKey);
        var patience = settings.Get(model.ServiceKey ?? Options.DefaultName).ShutdownTimeout;
        if (drain.Running is > 0 and var running) LogWaiting(running, model.Id, patience.TotalSeconds);
        var cancelled = await drain.DrainAsync(patience, cancellationToken).ConfigureAwait(false);
        if (cancelled > 0) LogCancelled(cancelled, model.Id);
    }

    [LoggerMessage(LogLevel.Information, "Waiting for {Running} calls of {Model}, at most {Seconds} seconds.")]
    private partial void LogWaiting(int running, string model, double seconds);

    [LoggerMessage(LogLevel.Warning, "{Cancelled} calls of {Model} were cancelled: they did not end in time.")]
    private partial void LogCancelled(int cancelled, string model);
}
