using Decant.Connectors.Models;

namespace Decant.Connectors.Analysis;

/// <summary>Reads one layer's attention weights.</summary>
internal sealed class LayerMatrices(Checkpoint checkpoint, int layer)
{
    private readonly ModelConfig _config = checkpoint.Config;
    private readonly LayerWeights _weights = checkpoint.Layout.Layers[layer];

    public HeadMatrices Head(int head)
    {
        var shared = head / (_config.HeadCount / _config.KeyValueHeadCount);
        return new HeadMatrices(
            Reading(_weights.Query, head, _weights.QueryNorm), Reading(_weights.Key, shared, _weights.KeyNorm), Reading(_weights.Value, shared, null), Writing(head));
    }

    // x is normalised before it is read: W · diag(gain), and where the norm takes the mean away, so does every row.
    private Matrix Reading(WeightSlice slice, int head, NormWeights? norm)
    {
        var size = _config.HeadSize;
        var input = Gains(_weights.InputNorm);
        var own = Gains(norm);
        var matrix = new Matrix(size, slice.Columns);
        var row = new float[slice.Columns];
        for (var i = 0; i < size; i++)
        {
            checkpoint.CopyRow(slice, (head * size) + i, row);
            var gain = own is null ? 1 : own[own.Length == size ? i : (head * size) + i];
            for (var c = 0; c < row.Length; c++) matrix[i, c] = row[c] * gain * (input?[c] ?? 1);
            if (input is not null && _config.Norm == NormKind.LayerNorm) Centre(matrix, i);
        }

        return matrix;
    }

    private Matrix Writing(int head)
    {
        var size = _config.HeadSize;
        var gains = Gains(_weights.PostAttentionNorm);
        var matrix = new Matrix(_weights.Output.Rows, size);
        var row = new float[_weights.Output.Columns];
        for (var i = 0; i < matrix.Rows; i++)
        {
            checkpoint.CopyRow(_weights.Output, i, row);
            for (var c = 0; c < size; c++) matrix[i, c] = row[(head * size) + c] * (gains?[i] ?? 1);
        }

        return matrix;
    }

    private static void Centre(Matrix matrix, int row)
    {
        var mean = 0.0;
        for (var c = 0; c < matrix.Columns; c++) mean += matrix[row, c] / matrix.Columns;
        for (var c = 0; c < matrix.Columns; c++) matrix[row, c] -= mean;
    }

    private float[]? Gains(NormWeights? norm)
    {
        if (norm is null) return null;
        var gains = new float[norm.Count];
        checkpoint.Tensors.Get(norm.Weight).CopyTo(gains);
        if (_config.NormAddsOne) System.Numerics.Tensors.TensorPrimitives.Add(gains, 1, gains);
        return gains;
    }
}
