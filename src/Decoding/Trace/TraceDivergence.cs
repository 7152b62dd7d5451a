namespace Decant.Decoding;

/// <summary>Where a replay first differs from its trace.</summary>
/// <param name="Index">Which token, from 0.</param>
/// <param name="What">What differs, such as "token" or "logprob after contrast".</param>
/// <param name="Expected">What the trace says.</param>
/// <param name="Actual">What the replay says.</param>
public sealed record TraceDivergence(int Index, string What, double Expected, double Actual);
