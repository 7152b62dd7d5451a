using Decant.Connectors.Chat;
using Decant.Decoding;
using Microsoft.Extensions.AI;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Diagnostics.HealthChecks;

namespace Decant.Hosting;

/// <summary>Whether a registered client can answer: its model's state, a forward of one token, and the memory that is left. Loads nothing.</summary>
internal sealed class LocalChatHealthCheck(IServiceProvider provider, string? serviceKey, TimeSpan probeTimeout) : IHealthCheck
{
    private const double NearlyFull = 0.9;

    public async Task<HealthCheckResult> CheckHealthAsync(HealthCheckContext context, CancellationToken cancellationToken = default)
    {
        var readiness = provider.GetKeyedService<ModelReadiness>(serviceKey)
            ?? throw new InvalidOperationException($"There is no local chat client {(serviceKey is null ? "without a key" : $"with the key \"{serviceKey}\"")} to check. Register it with Add{(serviceKey is null ? "" : "Keyed")}LocalChatClient.");
        var data = new Dictionary<string, object> { ["state"] = readiness.State.ToString(), ["progress"] = readiness.Progress };
        switch (readiness.State)
        {
            case ModelState.NotLoaded: return HealthCheckResult.Healthy("The model is loaded when it is first asked for.", data);
            case ModelState.Failed: return new(context.Registration.FailureStatus, "The model could not be loaded or run.", readiness.Error, data);
            case ModelState.Loading or ModelState.WarmingUp: return HealthCheckResult.Degraded($"The model is being loaded: {readiness.Progress:P0}.", data: data);
        }

        var client = provider.GetRequiredKeyedService<IChatClient>(serviceKey).GetRequiredService<LocalChatClient>();
        if (await ProbeAsync(client.GetRequiredService<ICausalModel>(), cancellationToken).ConfigureAwait(false) is { } failure)
            return new(context.Registration.FailureStatus, $"The engine does not answer: {failure.Message}", failure, data);
        var memory = GC.GetGCMemoryInfo();
        return Judge(client.GetLoad(), memory.TotalAvailableMemoryBytes > 0 ? (double)memory.MemoryLoadBytes / memory.TotalAvailableMemoryBytes : 0, data);
    }

    /// <summary>What the load says of an engine that answers.</summary>
    /// <param name="load">The client's.</param>
    /// <param name="memory">The fraction of the machine's, or the container's, memory that is in use.</param>
    /// <param name="data">Receives both.</param>
    internal static HealthCheckResult Judge(ClientLoad load, double memory, Dictionary<string, object> data)
    {
        (data["runningCalls"], data["queuedCalls"], data["kvTokensInUse"], data["memory"]) = (load.RunningCalls, load.QueuedCalls, load.KvTokensInUse, memory);
        if (load.KvTokenBudget is { } budget)
        {
            data["kvTokenBudget"] = budget;

            // What is kept for prompts to come is given up when it is needed.
            if (load.KvTokensInUse - load.PrefixCacheTokens >= NearlyFull * budget) return HealthCheckResult.Degraded($"Running calls hold {load.KvTokensInUse - load.PrefixCacheTokens} of {budget} tokens: calls will wait.", data: data);
        }

        return memory >= NearlyFull ? HealthCheckResult.Degraded($"{memory:P0} of the memory is in use.", data: data) : HealthCheckResult.Healthy("The model answers.", data);
    }

    private async Task<Exception?> ProbeAsync(ICausalModel model, CancellationToken cancellationToken)
    {
        using var timeout = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        try
        {
            await Task.Run(() => ForwardAsync(model, timeout.Token), CancellationToken.None).WaitAsync(probeTimeout, cancellationToken).ConfigureAwait(false);
            return null;
        }
        catch (Exception exception) when (!cancellationToken.IsCancellationRequested)
        {
            await timeout.CancelAsync().ConfigureAwait(false);
            return exception;
        }
    }

    private static async Task ForwardAsync(ICausalModel model, CancellationToken cancellationToken)
    {
        using var sequence = model.OpenSequence();
        using var result = await sequence.ForwardAsync(new ForwardInput(new int[1]), cancellationToken).ConfigureAwait(false);
    }
}
