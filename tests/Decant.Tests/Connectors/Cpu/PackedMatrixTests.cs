using Decant.Connectors.Cpu;
using Decant.Connectors.Cpu.Kernels;
using Decant.Connectors.Cpu.Memory;

namespace Decant.Tests.Connectors.Cpu;

/// <summary>Products against float64 over the matrix's own weights, for every format, odd sizes and every block of tokens.</summary>
[Collection(nameof(KernelChoice))]
public unsafe class PackedMatrixTests
{
    public static IEnumerable<object[]> Cases =>
        from format in new[] { WeightFormat.Float32, WeightFormat.BFloat16, WeightFormat.Int8 }
        from size in new[] { (64, 64), (33, 100), (5, 31), (96, 172), (70, 576) }
        from groupSize in new[] { 0, 32, 64, 256 }
        where format == WeightFormat.Int8 || groupSize == 0
        select new object[] { format, size.Item1, size.Item2, groupSize };

    [Theory]
    [MemberData(nameof(Cases))]
    public void A_product_is_that_of_the_packed_weights(WeightFormat format, int rows, int columns, int group)
    {
        var random = new Random(rows + columns);
        float Next() => (float)(random.NextDouble() * 2 - 1);
        using var arena = new NativeArena();
        var matrix = PackedMatrix.Create(format, rows, columns, group, arena);
        var weights = new double[rows][];
        var values = new float[columns];
        for (var row = 0; row < rows; row++)
        {
            for (var c = 0; c < columns; c++) values[c] = Next();
            // A group whose largest weight is negative, and one of zeros.
            if (row == 1) values[3] = -5;
            if (row == 2) Array.Clear(values);
            matrix.PackRow(row, values);
            var packed = new float[columns];
            matrix.ReadRow(row, packed);
            var largest = values.Max(Math.Abs);
            for (var c = 0; c < columns; c++) Assert.InRange(Math.Abs(packed[c] - values[c]), 0, largest / 250);
            weights[row] = [.. packed.Select(value => (double)value)];
        }

        foreach (var tokens in (int[])[1, 2, 3, 8, 15, 21])
        {
            var x = Enumerable.Range(0, tokens).Select(_ => Enumerable.Range(0, columns).Select(_ => Next() * 3).ToArray()).ToArray();
            using var input = Pack(matrix, x);
            var stride = matrix.PanelCount * PackedMatrix.PanelRows;
            using var bias = new NativeBuffer(stride * sizeof(float));
            for (var row = 0; row < rows; row++) bias.Floats[row] = row;
            using var y = new NativeBuffer(tokens * stride * sizeof(float));
            matrix.Multiply(input, 0, matrix.PanelCount, y.Floats, stride, new Epilogue(bias.Floats, Add: false, Scale: 2));
            matrix.Multiply(input, 0, matrix.PanelCount, y.Floats, stride, new Epilogue(null, Add: true));
            for (var t = 0; t < tokens; t++)
            {
                for (var row = 0; row < rows; row++)
                {
                    var expected = 2 * row + 3 * weights[row].Zip(x[t], (w, v) => w * v).Sum();
                    // Rounding an activation to 16 bits moves it by at most half a step of its group's scale.
                    var rounding = format == WeightFormat.Int8 ? 3 * weights[row].Sum(Math.Abs) * x[t].Max(Math.Abs) / (2.0 * short.MaxValue) : 0;
                    Assert.True(Math.Abs(expected - y.Floats[t * stride + row]) < rounding + 1e-5 * columns, $"{tokens} tokens, token {t}, row {row}: expected {expected}, got {y.Floats[t * stride + row]}");
                }
            }
        }
    }

    private static PackedActivations Pack(PackedMatrix matrix, float[][] x)
    {
        var input = new PackedActivations(x.Length, matrix.Columns);
        input.Reshape(x.Length, matrix.Columns, matrix.Activations);
        using var values = new NativeBuffer(8L * (matrix.Columns + 256) * sizeof(float));
        using var scratch = new NativeBuffer(8L * (matrix.Columns + 256) * sizeof(float));
        var rows = stackalloc float*[8];
        for (var first = 0; first < x.Length;)
        {
            var width = PackedActivations.BlockWidth(first, x.Length, KernelChoice.MaxTokens);
            for (var lane = 0; lane < width; lane++)
            {
                rows[lane] = values.Floats + lane * (matrix.Columns + 256);
                x[first + lane].CopyTo(new Span<float>(rows[lane], matrix.Columns));
            }

            input.Pack(rows, first, width, 0, matrix.Columns, (int*)scratch.Pointer);
            first += width;
        }

        return input;
    }
}
