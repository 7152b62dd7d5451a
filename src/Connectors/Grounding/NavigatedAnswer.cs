namespace Decant.Connectors.Grounding;

/// <summary>One answer that a <see cref="ContextNavigator"/> found.</summary>
/// <param name="Text">The answer.</param>
/// <param name="Round">The round it was found in, from 1.</param>
/// <param name="Rank">Where its first token stood among all next tokens of that round, from 1.</param>
/// <param name="FirstToken">The text of that token.</param>
public sealed record NavigatedAnswer(string Text, int Round, int Rank, string FirstToken);
