namespace Decant.Decoding;

/// <summary>Counts and times the masks of one request's constraints.</summary>
public sealed class MaskCounter
{
    /// <summary>Masks that were made: one for each row that constraints had a say in.</summary>
    public int Count { get; private set; }

    /// <summary>What they took together.</summary>
    public TimeSpan Time { get; private set; }

    internal void Add(TimeSpan time)
    {
        Count++;
        Time += time;
    }
}
