namespace Decant.Connectors.Chat;

/// <summary>The best text that a search has found so far; see <see cref="DecodingResponseExtensions.GetBestSoFar"/>.</summary>
/// <param name="Text">The text.</param>
/// <param name="Score">What the search ranks it by, larger for better ones.</param>
/// <param name="Texts">How many texts the search has looked at.</param>
/// <param name="Forwards">Forwards so far.</param>
public sealed record BestSoFar(string Text, double Score, int Texts, int Forwards);
