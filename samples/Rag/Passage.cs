namespace Decant.Samples.Rag;

/// <summary>A paragraph of a file.</summary>
/// <param name="Source">The file, and the heading it stands under if there is one.</param>
/// <param name="Text">What it says, on one line.</param>
internal sealed record Passage(string Source, string Text);
