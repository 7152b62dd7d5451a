namespace Decant.Connectors.Engines;

/// <summary>What an engine's steps have done so far. Written by the one who runs them, read by anybody.</summary>
internal sealed class StepCounter
{
    private const double Memory = 0.9;
    private long _steps;
    private long _rows;
    private long _requests;
    private double _batch = 1;

    public long Steps => Interlocked.Read(ref _steps);

    public long Rows => Interlocked.Read(ref _rows);

    public long Requests => Interlocked.Read(ref _requests);

    /// <summary>How many requests shared a step lately, on average; at least 1.</summary>
    public double Batch => Volatile.Read(ref _batch);

    public void Add(int requests, int rows)
    {
        Interlocked.Increment(ref _steps);
        Interlocked.Add(ref _rows, rows);
        Interlocked.Add(ref _requests, requests);
        Volatile.Write(ref _batch, (Memory * _batch) + ((1 - Memory) * requests));
    }
}
