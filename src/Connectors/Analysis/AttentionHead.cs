namespace Decant.Connectors.Analysis;

/// <summary>A query head of a model.</summary>
/// <param name="Layer">Its layer, from 1, as taps and edits count.</param>
/// <param name="Head">Its number in the layer, from 0.</param>
public readonly record struct AttentionHead(int Layer, int Head);
