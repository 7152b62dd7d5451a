using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;

namespace Decant.Hosting;

/// <summary>Has the models ready whose settings ask for it, one after the other, while the host goes on.</summary>
internal sealed partial class ModelWarmupService(IServiceProvider provider, ILogger<ModelWarmupService> logger) : BackgroundService
{
    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        foreach (var step in provider.GetServices<WarmupStep>().Where(step => step.IsWanted(provider)))
        {
            try
            {
                await step.RunAsync(provider, stoppingToken).ConfigureAwait(false);
            }
            catch (Exception exception) when (!stoppingToken.IsCancellationRequested)
            {
                // The host is not to end for it: other models may answer, and the next call tries again.
                LogFailed(exception);
            }
        }
    }

    [LoggerMessage(LogLevel.Warning, "A model is not ready yet.")]
    private partial void LogFailed(Exception exception);
}
