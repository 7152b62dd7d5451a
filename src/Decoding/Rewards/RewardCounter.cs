namespace Decant.Decoding;

/// <summary>What rewards did in one request.</summary>
public sealed class RewardCounter
{
    private readonly List<string> _warnings = [];

    /// <summary>Texts that were scored, once for each reward.</summary>
    public int Scored { get; internal set; }

    /// <summary>Scores that were known from before.</summary>
    public int Known { get; internal set; }

    /// <summary>Time spent waiting for scores.</summary>
    public TimeSpan Time { get; internal set; }

    /// <summary>What went wrong without failing the call, such as a reward that was dropped.</summary>
    public IReadOnlyList<string> Warnings => _warnings;

    internal void Warn(string warning) => _warnings.Add(warning);
}
