using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;

namespace Decant.Hosting.Server;

/// <summary>Has the container make clients, and so load their models, on other threads than the requests'. What failed is tried again by the next who asks.</summary>
internal sealed partial class ModelLoads(IServiceProvider services, ILogger<ModelLoads> logger)
{
    private static readonly TimeSpan _retryAfter = TimeSpan.FromSeconds(5);
    private readonly Lock _lock = new();
    private readonly Dictionary<(Type Type, string? ServiceKey), Task<object>> _loads = [];

    /// <param name="id">What callers name the model by.</param>
    /// <param name="serviceKey">The client's key.</param>
    /// <param name="cancellationToken">Ends the waiting, not the load: others may want it.</param>
    /// <exception cref="ApiException">The model could not be loaded.</exception>
    public async Task<T> GetAsync<T>(string id, string? serviceKey, CancellationToken cancellationToken)
        where T : class
    {
        Task<object>? load;
        lock (_lock)
        {
            if (!_loads.TryGetValue((typeof(T), serviceKey), out load) || load is { IsCompleted: true, IsCompletedSuccessfully: false })
                _loads[(typeof(T), serviceKey)] = load = Task.Run<object>(() => Make<T>(id, serviceKey), CancellationToken.None);
        }

        return (T)await load.WaitAsync(cancellationToken);
    }

    /// <exception cref="ApiException">The chat client's model is being loaded.</exception>
    public void ThrowIfLoading(string id, string? serviceKey)
    {
        if (services.GetKeyedService<ModelReadiness>(serviceKey) is { State: ModelState.Loading })
            throw new ApiException(StatusCodes.Status503ServiceUnavailable, $"The model \"{id}\" is being loaded. Try again in a moment.", "model", "model_loading", _retryAfter);
    }

    private T Make<T>(string id, string? serviceKey)
        where T : class
    {
        try
        {
            return services.GetRequiredKeyedService<T>(serviceKey);
        }
        catch (Exception exception) when (exception is not (OperationCanceledException or ObjectDisposedException))
        {
            LogFailed(logger, exception, id);
            throw new ApiException(StatusCodes.Status503ServiceUnavailable, $"The model \"{id}\" could not be loaded; the server's log says why. The next request tries again.", "model", "model_unavailable", _retryAfter);
        }
    }

    [LoggerMessage(LogLevel.Error, "The model {Model} could not be loaded for a request.")]
    private static partial void LogFailed(ILogger logger, Exception exception, string model);
}
