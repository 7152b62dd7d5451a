namespace Decant.Connectors.Chat;

/// <summary>An engine's steps between two looks at them.</summary>
internal sealed class BatchWindow
{
    private readonly Lock _lock = new();
    private long _steps;
    private long _requests;

    /// <summary>Steps and requests in them since the last call.</summary>
    public (long Steps, long Requests) Advance(ClientLoad load)
    {
        lock (_lock)
        {
            var passed = (load.Steps - _steps, load.StepRequests - _requests);
            (_steps, _requests) = (load.Steps, load.StepRequests);
            return passed;
        }
    }
}
