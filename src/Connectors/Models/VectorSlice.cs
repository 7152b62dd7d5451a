namespace Decant.Connectors.Models;

/// <summary>Where a bias lies in a checkpoint: <paramref name="Count"/> values of a tensor of <paramref name="TensorCount"/>.</summary>
public sealed record VectorSlice(string Tensor, int Start, int Count, int TensorCount);
