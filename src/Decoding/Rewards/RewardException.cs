namespace Decant.Decoding;

/// <summary>A reward failed: it threw, gave no number, or took too long. The message names it.</summary>
public sealed class RewardException : InvalidOperationException
{
    /// <param name="reward">The reward's name.</param>
    /// <param name="fault">What it did, as the rest of a sentence.</param>
    /// <param name="innerException">What it threw, or null.</param>
    public RewardException(string reward, string fault, Exception? innerException = null)
        : base($"The reward \"{reward}\" {fault}", innerException) => Reward = reward;

    /// <summary>The reward's name.</summary>
    public string Reward { get; }
}
