namespace Decant.Connectors.Diversity;

/// <summary>One of the ways that <see cref="DiverseThoughts"/> had a question answered.</summary>
/// <param name="Approach">The approach that was to be taken.</param>
/// <param name="Persona">Who was to take it, or null.</param>
/// <param name="Text">What came of it.</param>
/// <param name="Answer">What it comes to, in the form that votes are counted by.</param>
public sealed record DiverseThought(string Approach, string? Persona, string Text, string Answer);
