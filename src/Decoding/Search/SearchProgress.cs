namespace Decant.Decoding;

/// <summary>The best text that a search has found so far. It may find a better one.</summary>
/// <param name="Tokens">Its tokens.</param>
/// <param name="Score">What the search ranks it by, larger for better ones.</param>
/// <param name="Texts">How many texts the search has looked at.</param>
/// <param name="Forwards">What has run.</param>
public sealed record SearchProgress(IReadOnlyList<int> Tokens, double Score, int Texts, int Forwards);
