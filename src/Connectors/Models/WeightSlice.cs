namespace Decant.Connectors.Models;

/// <summary>Where a logical weight matrix [out][in] lies in a checkpoint.</summary>
/// <param name="Tensor">The tensor's name.</param>
/// <param name="RowStart">First output row (column, when transposed) of the tensor that belongs to it.</param>
/// <param name="Rows">Output rows.</param>
/// <param name="Columns">Input columns.</param>
/// <param name="Transposed">Whether the tensor is stored [in][out] (GPT-2).</param>
/// <param name="TensorRows">Output rows of the whole tensor, for checking its shape.</param>
public sealed record WeightSlice(string Tensor, int RowStart, int Rows, int Columns, bool Transposed, int TensorRows)
{
    /// <summary>A tensor that is the matrix.</summary>
    public static WeightSlice Whole(string tensor, int rows, int columns) => new(tensor, 0, rows, columns, false, rows);
}
