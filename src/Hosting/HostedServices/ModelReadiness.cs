using Microsoft.Extensions.Logging;

namespace Decant.Hosting;

/// <summary>How far a registered chat client's model is, for those who show it. The container has one under the client's service key. Safe for concurrent use.</summary>
public sealed partial class ModelReadiness : IProgress<double>
{
    private static readonly TimeSpan _logEvery = TimeSpan.FromSeconds(1);
    private readonly Lock _lock = new();
    private readonly string _model;
    private readonly ILogger _logger;
    private readonly TimeProvider _clock;
    private Snapshot _now = new(ModelState.NotLoaded, 0, null);
    private long _logged;

    /// <param name="model">What the log calls it.</param>
    /// <param name="logger">Told of progress, about once a second, and of the end.</param>
    /// <param name="clock">The clock of logging.</param>
    internal ModelReadiness(string model, ILogger logger, TimeProvider clock) => (_model, _logger, _clock) = (model, logger, clock);

    /// <summary>How far it is.</summary>
    public ModelState State => Volatile.Read(ref _now).State;

    /// <summary>The fraction of the model that is loaded, 0 … 1.</summary>
    public double Progress => Volatile.Read(ref _now).Progress;

    /// <summary>Why it failed; null in every other state.</summary>
    public Exception? Error => Volatile.Read(ref _now).Error;

    void IProgress<double>.Report(double value)
    {
        lock (_lock)
        {
            if (State != ModelState.Loading) return;
            Set(ModelState.Loading, value, null);
            if (_clock.GetElapsedTime(_logged) < _logEvery) return;
            _logged = _clock.GetTimestamp();
        }

        LogProgress(_model, value);
    }

    internal void Enter(ModelState state)
    {
        lock (_lock)
        {
            if (state == ModelState.Loading) _logged = _clock.GetTimestamp();
            Set(state, state == ModelState.Loading ? 0 : 1, null);
        }

        LogState(_model, state);
    }

    /// <summary>Remembers why there is no model, unless it is that nobody wants it any more.</summary>
    internal void Fail(Exception exception)
    {
        lock (_lock) Set(exception is OperationCanceledException ? ModelState.NotLoaded : ModelState.Failed, 0, exception is OperationCanceledException ? null : exception);
        if (exception is not OperationCanceledException) LogFailed(exception, _model);
    }

    private void Set(ModelState state, double progress, Exception? error) => Volatile.Write(ref _now, new(state, progress, error));

    [LoggerMessage(LogLevel.Information, "{Model}: {State}.")]
    private partial void LogState(string model, ModelState state);

    [LoggerMessage(LogLevel.Information, "{Model}: loaded {Fraction:P0}.")]
    private partial void LogProgress(string model, double fraction);

    [LoggerMessage(LogLevel.Error, "{Model} could not be loaded or run. The next who asks tries again.")]
    private partial void LogFailed(Exception exception, string model);

    private sealed record Snapshot(ModelState State, double Progress, Exception? Error);
}
