using System.Numerics.Tensors;

namespace Decant.Connectors.Analysis;

/// <summary>A dense float64 matrix, row-major.</summary>
internal sealed class Matrix(int rows, int columns)
{
    private readonly double[] _values = new double[rows * columns];

    public int Rows => rows;

    public int Columns => columns;

    public double this[int row, int column]
    {
        get => _values[(row * columns) + column];
        set => _values[(row * columns) + column] = value;
    }

    public static Matrix Of(double[,] values)
    {
        var matrix = new Matrix(values.GetLength(0), values.GetLength(1));
        for (var row = 0; row < matrix.Rows; row++)
        {
            for (var column = 0; column < matrix.Columns; column++) matrix[row, column] = values[row, column];
        }

        return matrix;
    }

    public Span<double> Row(int row) => _values.AsSpan(row * columns, columns);

    public Matrix Transposed()
    {
        var result = new Matrix(columns, rows);
        for (var row = 0; row < rows; row++)
        {
            for (var column = 0; column < columns; column++) result[column, row] = this[row, column];
        }

        return result;
    }

    public Matrix Times(Matrix right)
    {
        var result = new Matrix(rows, right.Columns);
        for (var row = 0; row < rows; row++)
        {
            for (var i = 0; i < columns; i++) TensorPrimitives.MultiplyAdd(right.Row(i), this[row, i], result.Row(row), result.Row(row));
        }

        return result;
    }

    public Matrix Times(ReadOnlySpan<double> vector)
    {
        var result = new Matrix(rows, 1);
        for (var row = 0; row < rows; row++) result[row, 0] = TensorPrimitives.Dot(Row(row), vector);
        return result;
    }

    /// <summary>The Frobenius norm.</summary>
    public double Norm() => TensorPrimitives.Norm<double>(_values);
}
