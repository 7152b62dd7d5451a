namespace Decant.Connectors.Chat;

/// <summary>Passes a load's progress on to everybody who waits for it.</summary>
internal sealed class SharedProgress : IProgress<double>
{
    private readonly Lock _lock = new();
    private readonly List<IProgress<double>> _listeners = [];
    private double? _latest;

    public void Report(double value)
    {
        IProgress<double>[] listeners;
        lock (_lock) (_latest, listeners) = (value, [.. _listeners]);
        foreach (var listener in listeners) listener.Report(value);
    }

    /// <summary>Adds a listener until the result is disposed; who comes late hears at once how far it is.</summary>
    public IDisposable? Listen(IProgress<double>? listener)
    {
        if (listener is null) return null;
        double? latest;
        lock (_lock)
        {
            _listeners.Add(listener);
            latest = _latest;
        }

        if (latest is { } value) listener.Report(value);
        return new Listening(this, listener);
    }

    private sealed class Listening(SharedProgress progress, IProgress<double> listener) : IDisposable
    {
        public void Dispose()
        {
            lock (progress._lock) progress._listeners.Remove(listener);
        }
    }
}
