using System.Numerics.Tensors;

namespace Decant.Connectors.Analysis;

/// <summary>The singular value decomposition of a product of two narrow matrices.</summary>
internal static class SingularVectors
{
    private const int MostSweeps = 60;
    private const double Tolerance = 1e-12;

    /// <summary>Left singular vectors, of unit length, and singular values of <paramref name="tall"/> · <paramref name="wide"/>, the largest first; those of value 0 are left out.</summary>
    public static IReadOnlyList<(double[] Vector, double Value)> Left(Matrix tall, Matrix wide)
    {
        // wideᵀ = QR, so tall · wide = (tall · Rᵀ) Qᵀ, whose left vectors and values are those of tall · Rᵀ. Its columns are turned until all are at right angles.
        var columns = tall.Times(Triangle(wide).Transposed()).Transposed();
        for (var sweep = 0; sweep < MostSweeps && Turn(columns); sweep++)
        {
        }

        var found = Enumerable.Range(0, columns.Rows).Select(i => (Vector: columns.Row(i).ToArray(), Value: TensorPrimitives.Norm<double>(columns.Row(i)))).OrderByDescending(pair => pair.Value).ToList();
        return [.. found.Where(pair => pair.Value > Tolerance * found[0].Value).Select(pair => (Array.ConvertAll(pair.Vector, value => value / pair.Value), pair.Value))];
    }

    /// <summary>R of the QR decomposition of the transposed matrix, by Gram and Schmidt's method, twice for accuracy.</summary>
    private static Matrix Triangle(Matrix wide)
    {
        var size = wide.Rows;
        var triangle = new Matrix(size, size);
        var basis = new Matrix(size, wide.Columns);
        for (var i = 0; i < size; i++)
        {
            wide.Row(i).CopyTo(basis.Row(i));
            for (var pass = 0; pass < 2; pass++)
            {
                for (var j = 0; j < i; j++)
                {
                    var part = TensorPrimitives.Dot<double>(basis.Row(j), basis.Row(i));
                    triangle[j, i] += part;
                    TensorPrimitives.MultiplyAdd(basis.Row(j), -part, basis.Row(i), basis.Row(i));
                }
            }

            var length = TensorPrimitives.Norm<double>(basis.Row(i));
            triangle[i, i] = length;
            if (length > Tolerance * TensorPrimitives.Norm<double>(wide.Row(i))) TensorPrimitives.Divide(basis.Row(i), length, basis.Row(i));
            else basis.Row(i).Clear();
        }

        return triangle;
    }

    /// <summary>One sweep of Jacobi's one-sided method over all pairs of vectors. Whether any had to be turned.</summary>
    private static bool Turn(Matrix vectors)
    {
        var turned = false;
        for (var i = 0; i < vectors.Rows; i++)
        {
            for (var j = i + 1; j < vectors.Rows; j++)
            {
                var a = vectors.Row(i);
                var b = vectors.Row(j);
                double aa = TensorPrimitives.SumOfSquares<double>(a), bb = TensorPrimitives.SumOfSquares<double>(b), ab = TensorPrimitives.Dot<double>(a, b);
                if (Math.Abs(ab) <= Tolerance * Math.Sqrt(aa * bb)) continue;
                turned = true;
                var ratio = (bb - aa) / (2 * ab);
                var tangent = (ratio >= 0 ? 1 : -1) / (Math.Abs(ratio) + Math.Sqrt(1 + (ratio * ratio)));
                var cosine = 1 / Math.Sqrt(1 + (tangent * tangent));
                for (var k = 0; k < a.Length; k++) (a[k], b[k]) = (cosine * (a[k] - (tangent * b[k])), cosine * (b[k] + (tangent * a[k])));
            }
        }

        return turned;
    }
}
