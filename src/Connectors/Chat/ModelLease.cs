using Decant.Decoding;

namespace Decant.Connectors.Chat;

/// <summary>A share in a pool's model.</summary>
/// <param name="model">The model; not to be used after the lease is disposed.</param>
/// <param name="release">Gives the share back; called once.</param>
internal sealed class ModelLease(ICausalModel model, Action release) : IDisposable
{
    private int _disposed;

    public ICausalModel Model => model;

    public void Dispose()
    {
        if (Interlocked.Exchange(ref _disposed, 1) == 0) release();
    }
}
