namespace Decant.Decoding;

/// <summary>A run of tokens in a prompt.</summary>
/// <param name="Start">Index of the first, from 0.</param>
/// <param name="End">Index after the last.</param>
public readonly record struct TokenRange(int Start, int End)
{
    /// <summary>Number of tokens.</summary>
    public int Length => End - Start;
}
