using Decant.Connectors.Cpu.Memory;

namespace Decant.Connectors.Cpu.Kernels;

/// <summary>
/// A weight matrix packed for streaming: panels of 32 output rows, interleaved by column, read once from front to back.
/// Knows nothing of layers or threads. An output element is one chain of operations over the columns in order, whatever
/// the number of tokens: that is what makes the engine batch-invariant.
/// </summary>
internal abstract unsafe class PackedMatrix
{
    /// <summary>Output rows per panel.</summary>
    public const int PanelRows = 32;

    protected PackedMatrix(int rows, int columns)
    {
        Rows = rows;
        Columns = columns;
        PanelCount = PaddedRows(rows) / PanelRows;
    }

    public int Rows { get; }

    public int Columns { get; }

    public int PanelCount { get; }

    /// <summary>So many rows, rounded up to whole panels.</summary>
    public static int PaddedRows(int rows) => (rows + PanelRows - 1) / PanelRows * PanelRows;

    /// <summary>Bytes one pass over the matrix reads.</summary>
    public abstract long Bytes { get; }

    /// <summary>How activations must be packed for this matrix.</summary>
    public abstract ActivationFormat Activations { get; }

    /// <summary>
    /// destination[t][row] = (add ? destination[t][row] : 0) + scale · (Σ weights · activations + bias) for the rows of panels
    /// <paramref name="from"/> … <paramref name="to"/> − 1 and all tokens. Rows of a token are <paramref name="stride"/> floats apart;
    /// the last panel writes its padding too.
    /// </summary>
    public abstract void Multiply(PackedActivations input, int from, int to, float* destination, int stride, in Epilogue epilogue);

    /// <summary>Packs row <paramref name="row"/> of the matrix from float32 columns. Rows may be packed in any order, 32 of a panel by one thread.</summary>
    public abstract void PackRow(int row, ReadOnlySpan<float> values);

    /// <summary>Unpacks one row (as embedding tables need).</summary>
    public abstract void ReadRow(int row, Span<float> destination);

    /// <summary>An empty matrix, in the arena's memory.</summary>
    public static PackedMatrix Create(WeightFormat format, int rows, int columns, int int8GroupSize, NativeArena arena) => format switch
    {
        WeightFormat.Float32 => new FloatMatrix<Float32Weights>(rows, columns, arena),
        WeightFormat.BFloat16 => new FloatMatrix<BFloat16Weights>(rows, columns, arena),
        WeightFormat.Int8 => new Int8Matrix(rows, columns, int8GroupSize, arena),
        _ => throw new ArgumentOutOfRangeException(nameof(format), format, "Choose Float32, BFloat16 or Int8."),
    };
}
