using Decant.Decoding;

namespace Decant.Connectors.Chat;

/// <summary>Loads a model once for all who use it: clients, embedding generators, and the drafts and experts that decoding options name. Give the same pool to each of them.</summary>
/// <remarks>
/// Safe for concurrent use. Models are the same where folder, engine and engine options are. One is loaded when first asked for, while others wait for the same load; it is freed when the last
/// who uses it is disposed, and its load stops when the last who waits for it has gone. A load that failed is tried again by the next who asks. The pool itself holds nothing.
/// </remarks>
public sealed class ModelPool
{
    private readonly Lock _lock = new();
    private readonly Dictionary<ModelSource, PooledModel> _models = [];
    private readonly Func<ModelSource, IProgress<double>, CancellationToken, ICausalModel> _load;

    /// <summary>Creates an empty pool.</summary>
    public ModelPool()
        : this(EngineLoader.Load)
    {
    }

    /// <param name="load">Loads a model; called on a thread of its own.</param>
    internal ModelPool(Func<ModelSource, IProgress<double>, CancellationToken, ICausalModel> load) => _load = load;

    /// <summary>How many models are loaded or being loaded.</summary>
    public int Count
    {
        get
        {
            lock (_lock) return _models.Count;
        }
    }

    /// <summary><see cref="RentAsync"/>, waiting on this thread.</summary>
    internal ModelLease Rent(ModelSource source, IProgress<double>? progress, CancellationToken cancellationToken) => RentAsync(source, progress, cancellationToken).GetAwaiter().GetResult();

    /// <summary>A model, loaded if it is not yet.</summary>
    /// <param name="source">Which.</param>
    /// <param name="progress">Told the fraction loaded, 0 … 1, whoever began the load.</param>
    /// <param name="cancellationToken">Ends the waiting.</param>
    internal async Task<ModelLease> RentAsync(ModelSource source, IProgress<double>? progress, CancellationToken cancellationToken)
    {
        cancellationToken.ThrowIfCancellationRequested();
        PooledModel? model;
        lock (_lock)
        {
            if (!_models.TryGetValue(source, out model) || model.HasFailed) _models[source] = model = new PooledModel((listeners, stop) => _load(source, listeners, stop));
            model.Users++;
        }

        try
        {
            return new ModelLease(await model.WaitAsync(progress, cancellationToken).ConfigureAwait(false), () => Release(source, model));
        }
        catch
        {
            Release(source, model);
            throw;
        }
    }

    private void Release(ModelSource source, PooledModel model)
    {
        lock (_lock)
        {
            if (--model.Users > 0) return;

            // Where it had failed, another load may have taken its place.
            if (_models.GetValueOrDefault(source) == model) _models.Remove(source);
        }

        model.Dispose();
    }
}
