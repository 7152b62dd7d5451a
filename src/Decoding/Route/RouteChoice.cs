namespace Decant.Decoding;

/// <summary>What a route decided for a token.</summary>
/// <param name="Model">The model that had the last word on its row, by name.</param>
/// <param name="Differs">Whether two models were asked and found different tokens likeliest.</param>
public readonly record struct RouteChoice(string Model, bool Differs = false);
