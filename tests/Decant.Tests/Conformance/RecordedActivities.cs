using System.Diagnostics;

namespace Decant.Tests.Conformance;

/// <summary>The activities that end while it lives, of a source of its own.</summary>
internal sealed class RecordedActivities : IDisposable
{
    private readonly List<Activity> _ended = [];
    private readonly ActivityListener _listener;

    public RecordedActivities()
    {
        _listener = new ActivityListener
        {
            ShouldListenTo = candidate => candidate.Name == Source,
            Sample = (ref ActivityCreationOptions<ActivityContext> _) => ActivitySamplingResult.AllData,
            ActivityStopped = _ended.Add,
        };
        ActivitySource.AddActivityListener(_listener);
    }

    /// <summary>The source's name, to be given to <c>UseOpenTelemetry</c>.</summary>
    public string Source { get; } = Guid.NewGuid().ToString();

    public IReadOnlyList<Activity> Ended => _ended;

    public void Dispose() => _listener.Dispose();
}
