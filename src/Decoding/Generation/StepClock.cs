namespace Decant.Decoding;

/// <summary>Times one step of a generation that is traced; costs nothing where it is not.</summary>
internal struct StepClock(GenerationRequest request)
{
    private readonly long _start = request.Trace is null ? 0 : request.TimeProvider.GetTimestamp();
    private long _ran;

    /// <summary>The forward is over.</summary>
    public void Ran() => _ran = request.Trace is null ? 0 : request.TimeProvider.GetTimestamp();

    /// <summary>The row with its times.</summary>
    public readonly TracedRow Time(TracedRow row) => row with
    {
        ForwardTime = request.TimeProvider.GetElapsedTime(_start, _ran),
        RowTime = request.TimeProvider.GetElapsedTime(_ran),
    };
}
