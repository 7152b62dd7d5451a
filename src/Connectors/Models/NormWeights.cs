namespace Decant.Connectors.Models;

/// <summary>Where a norm's vectors lie.</summary>
/// <param name="Weight">Name of the weight.</param>
/// <param name="Count">Its length.</param>
/// <param name="Bias">Name of the bias, or null.</param>
public sealed record NormWeights(string Weight, int Count, string? Bias = null);
