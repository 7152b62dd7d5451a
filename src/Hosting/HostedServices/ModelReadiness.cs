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
    private long? _logged;

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
            Set(ModelState.Loading, value);
            if (_logged is { } last && _clock.GetElapsedTime(last) < _logEvery) return;
            _logged = _clock.GetTimestamp();
        }

        LogProgress(_model, (int)(100 * value));
    }

    /// <summary>Runs a load, or the run after it, and remembers how it ended.</summary>
    /// <param name="during">The state meanwhile.</param>
    /// <param name="after">The state when it has succeeded.</param>
    /// <param name="work">What to do.</param>
    internal async Task<T> RunAsync<T>(ModelState during, ModelState after, Func<Task<T>> work)
    {
        Set(during, during == ModelState.Loading ? 0 : 1);
        var start = _clock.GetTimestamp();
        try
        {
            var result = await work().ConfigureAwait(false);
            Set(after, 1);
            if (after == ModelState.Ready) LogReady(_model, _clock.GetElapsedTime(start).TotalSeconds);
            return result;
        }
        catch (OperationCanceledException)
        {
            Set(ModelState.NotLoaded, 0);
            throw;
        }
        catch (Exception exception)
        {
            Volatile.Write(ref _now, new(ModelState.Failed, Progress, exception));
            LogFailed(exception, _model);
            throw;
        }
    }

    private void Set(ModelState state, double progress) => Volatile.Write(ref _now, new(state, progress, null));

    [LoggerMessage(LogLevel.Information, "Loading {Model}: {Percent} %.")]
    private partial void LogProgress(string model, int percent);

    [LoggerMessage(LogLevel.Information, "{Model} is ready, after {Seconds:0.0} seconds.")]
    private partial void LogReady(string model, double seconds);

    [LoggerMessage(LogLevel.Error, "{Model} could not be loaded or run. The next call tries again.")]
    private partial void LogFailed(Exception exception, string model);

    private sealed record Snapshot(ModelState State, double Progress, Exception? Error);
}
