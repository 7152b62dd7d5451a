namespace Decant.Connectors.Chat;

/// <summary>Frees a thing once it was disposed and its last user has left: memory under a running forward must not go away.</summary>
/// <param name="owner">Named by the exceptions.</param>
/// <param name="free">Called exactly once.</param>
internal sealed class Lifetime(object owner, Action free)
{
    private readonly Lock _lock = new();
    private int _users;
    private bool _ended;

    /// <exception cref="ObjectDisposedException">The owner was disposed.</exception>
    public void ThrowIfEnded() => ObjectDisposedException.ThrowIf(Volatile.Read(ref _ended), owner);

    public void Enter()
    {
        lock (_lock)
        {
            ThrowIfEnded();
            _users++;
        }
    }

    public void Leave()
    {
        lock (_lock)
        {
            _users--;
            if (!_ended || _users > 0) return;
        }

        free();
    }

    public void End()
    {
        lock (_lock)
        {
            if (_ended) return;
            _ended = true;
            if (_users > 0) return;
        }

        free();
    }
}
