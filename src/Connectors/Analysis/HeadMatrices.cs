namespace Decant.Connectors.Analysis;

/// <summary>The matrices of one head with the norms' gains folded in.</summary>
/// <param name="Query">[head size][width]: from the residual stream to its query.</param>
/// <param name="Key">[head size][width]: to its key.</param>
/// <param name="Value">[head size][width]: to its value.</param>
/// <param name="Output">[width][head size]: from its value back to the stream.</param>
internal sealed record HeadMatrices(Matrix Query, Matrix Key, Matrix Value, Matrix Output)
{
    private readonly Matrix _gram = Value.Times(Value.Transposed());
    private double? _norm;

    /// <summary>The Frobenius norm of Output · Value.</summary>
    public double Norm => _norm ??= NormBehind(Output);

    /// <summary>The Frobenius norm of a matrix times Value: ‖MV‖² is the trace of M (VVᵀ) Mᵀ, so that nothing wide is multiplied out.</summary>
    public double NormBehind(Matrix matrix)
    {
        var transformed = matrix.Times(_gram);
        var sum = 0.0;
        for (var row = 0; row < matrix.Rows; row++) sum += System.Numerics.Tensors.TensorPrimitives.Dot<double>(transformed.Row(row), matrix.Row(row));
        return Math.Sqrt(Math.Max(0, sum));
    }

    public Matrix Of(CompositionPath path) => path switch
    {
        CompositionPath.Query => Query,
        CompositionPath.Key => Key,
        _ => Value,
    };
}
