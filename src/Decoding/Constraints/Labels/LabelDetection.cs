namespace Decant.Decoding;

/// <summary>Where a label was likely (<see cref="LabelGuardMode.Detect"/>).</summary>
/// <param name="Index">The number of answer tokens before it.</param>
/// <param name="Probability">The probability of all labels there; 0 … 1.</param>
/// <param name="Result">Which result of the generation it is about, from 0; of several, for searches that give more than one.</param>
public readonly record struct LabelDetection(int Index, double Probability, int Result = 0);
