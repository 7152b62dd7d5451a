using Decant.Decoding;

namespace Decant.Connectors.Chat;

/// <summary>A model of a pool, from the start of its load on. Knows nothing of other models.</summary>
internal sealed class PooledModel : IDisposable
{
    private readonly SharedProgress _progress = new();
    private readonly CancellationTokenSource _stop = new();
    private readonly Task<ICausalModel> _loading;

    /// <param name="load">Loads it; called at once, on a thread of its own, for it takes as long as it takes.</param>
    public PooledModel(Func<IProgress<double>, CancellationToken, ICausalModel> load)
        => _loading = Task.Factory.StartNew(() => load(_progress, _stop.Token), CancellationToken.None, TaskCreationOptions.LongRunning, TaskScheduler.Default);

    /// <summary>Who has it or waits for it; the pool counts them under its lock.</summary>
    public int Users { get; set; }

    public bool HasFailed => _loading.IsFaulted;

    public async Task<ICausalModel> WaitAsync(IProgress<double>? progress, CancellationToken cancellationToken)
    {
        using var listening = _progress.Listen(progress);
        return await _loading.WaitAsync(cancellationToken).ConfigureAwait(false);
    }

    /// <summary>Frees the model; one that is being loaded, when its load has noticed.</summary>
    public void Dispose()
    {
        _stop.Cancel();
        if (_loading.IsCompletedSuccessfully) _loading.Result.Dispose();
        else _ = _loading.ContinueWith(loaded => loaded.Result.Dispose(), CancellationToken.None, TaskContinuationOptions.OnlyOnRanToCompletion, TaskScheduler.Default);
    }
}
