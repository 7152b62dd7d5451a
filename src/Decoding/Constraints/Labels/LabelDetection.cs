namespace Decant.Decoding;

/// <summary>Where a label was likely (<see cref="LabelGuardMode.Detect"/>).</summary>
/// <param name="Index">The number of answer tokens before it.</param>
/// <param name="Probability">The probability of all labels there; 0 … 1.</param>
public readonly record struct LabelDetection(int Index, double Probability);
