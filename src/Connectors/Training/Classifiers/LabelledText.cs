namespace Decant.Connectors.Training;

/// <summary>A text that is known to have an attribute, or not to have it.</summary>
/// <param name="Text">The whole text.</param>
/// <param name="Label">Whether it has the attribute.</param>
public sealed record LabelledText(string Text, bool Label);
