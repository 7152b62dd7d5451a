using Decant.Connectors.Chat;
using Decant.Hosting;
using Microsoft.Extensions.Diagnostics.HealthChecks;

namespace Microsoft.Extensions.DependencyInjection;

/// <summary>Adds health checks of local chat clients.</summary>
public static class LocalChatHealthChecksBuilderExtensions
{
    /// <summary>
    /// Checks a registered local chat client. Unhealthy: its model could not be loaded, or the engine does not run one token in time. Degraded: it is being loaded, or nine tenths of
    /// <see cref="ClientLoad.KvTokenBudget"/> or of the memory are in use. Healthy: it answers, or nobody has asked for it yet. The result's data has the figures.
    /// </summary>
    /// <param name="builder">The builder.</param>
    /// <param name="name">The check's name.</param>
    /// <param name="serviceKey">The client's key; null for the default one.</param>
    /// <param name="failureStatus">What is reported instead of unhealthy; null for that.</param>
    /// <param name="tags">Tags by which checks are chosen.</param>
    /// <param name="probeTimeout">How long the engine may take for one token, behind what it is doing; more than 0. Default: 10 seconds.</param>
    /// <returns><paramref name="builder"/>.</returns>
    public static IHealthChecksBuilder AddLocalChatClient(
        this IHealthChecksBuilder builder, string name = "local-chat", string? serviceKey = null, HealthStatus? failureStatus = null, IEnumerable<string>? tags = null, TimeSpan? probeTimeout = null)
    {
        ArgumentNullException.ThrowIfNull(builder);
        ArgumentException.ThrowIfNullOrEmpty(name);
        var timeout = probeTimeout ?? TimeSpan.FromSeconds(10);
        ArgumentOutOfRangeException.ThrowIfLessThanOrEqual(timeout, TimeSpan.Zero, nameof(probeTimeout));
        return builder.Add(new HealthCheckRegistration(name, provider => new LocalChatHealthCheck(provider, serviceKey, timeout), failureStatus, tags));
    }
}
