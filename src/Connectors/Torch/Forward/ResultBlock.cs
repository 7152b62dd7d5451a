namespace Decant.Connectors.Torch.Forward;

/// <summary>Rows of one kind in host memory.</summary>
/// <param name="Kind">What they are.</param>
/// <param name="Layer">Of which layer; 0 where the kind has none.</param>
/// <param name="Offset">Where they begin, in floats.</param>
/// <param name="FirstRow">The request's row (or logits row) that is the first of them.</param>
/// <param name="Rows">How many there are.</param>
/// <param name="Stride">Floats per row.</param>
internal readonly record struct ResultBlock(ResultKind Kind, int Layer, long Offset, int FirstRow, int Rows, int Stride);

/// <summary>What a forward can return.</summary>
internal enum ResultKind
{
    Logits,
    ArgMax,
    Hidden,
    FinalHidden,
    EarlyExit,
    Attention,
}
