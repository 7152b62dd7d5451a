namespace Decant.Connectors.Training;

/// <summary>Two texts of which one is known to be better.</summary>
/// <param name="Chosen">The better one.</param>
/// <param name="Rejected">The other.</param>
public sealed record PreferencePair(string Chosen, string Rejected);
