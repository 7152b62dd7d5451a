namespace Decant.Connectors.Chat;

/// <summary>The models that options name, each loaded when a call first needs it, while calls that name others go on. Safe for concurrent use.</summary>
/// <param name="load">Loads a model by name.</param>
internal sealed class NamedModels(Func<string, CancellationToken, LoadedModel> load) : IDisposable
{
    private readonly Lock _lock = new();
    private readonly Dictionary<string, Task<LoadedModel>> _models = [];
    private readonly CancellationTokenSource _disposal = new();

    /// <summary>A model, loaded if it is not yet. One that failed to load is tried again by the next call.</summary>
    /// <param name="name">Its name.</param>
    /// <param name="cancellationToken">Ends the waiting. The load goes on, for others may wait for it too.</param>
    public async Task<LoadedModel> GetAsync(string name, CancellationToken cancellationToken)
    {
        Task<LoadedModel>? loading;
        lock (_lock)
        {
            ObjectDisposedException.ThrowIf(_disposal.IsCancellationRequested, this);
            if (!_models.TryGetValue(name, out loading) || loading.IsFaulted)
                _models[name] = loading = Task.Run(() => load(name, _disposal.Token), CancellationToken.None);
        }

        return await loading.WaitAsync(cancellationToken).ConfigureAwait(false);
    }

    /// <summary>Frees the models; one that is being loaded, when its load has noticed.</summary>
    public void Dispose()
    {
        lock (_lock)
        {
            _disposal.Cancel();
            foreach (var model in _models.Values)
                _ = model.ContinueWith(loaded => loaded.Result.Dispose(), CancellationToken.None, TaskContinuationOptions.OnlyOnRanToCompletion | TaskContinuationOptions.ExecuteSynchronously, TaskScheduler.Default);
            _models.Clear();
        }
    }
}
