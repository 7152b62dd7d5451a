namespace Decant.Decoding;

/// <summary>What was done about the reasoning of one text.</summary>
/// <param name="Extensions">How many cues there are where the reasoning would have ended.</param>
/// <param name="IsForced">Whether its end was written in the model's place.</param>
public readonly record struct ThinkingReport(int Extensions, bool IsForced);
