using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;

namespace Decant.Connectors.Cpu.Kernels;

/// <summary>What happens to a product before it is stored.</summary>
/// <param name="Bias">One float per output row, padded to whole panels, or null.</param>
/// <param name="Add">Whether the result is added to what the destination holds (a residual connection).</param>
/// <param name="Scale">Factor on product and bias; 1 unless the family multiplies its residual branches or logits.</param>
internal readonly unsafe struct Epilogue(float* Bias, bool Add = false, float Scale = 1)
{
    public readonly float* Bias = Bias;
    public readonly bool Add = Add;
    public readonly float Scale = Scale;

    /// <summary>Finishes one panel (32 rows from <paramref name="row"/> on) of one token.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public void Apply(float* products, int row, float* destination)
    {
        for (var i = 0; i < PackedMatrix.PanelRows; i += 16)
        {
            var value = Vector512.Load(products + i);
            if (Bias is not null) value += Vector512.Load(Bias + row + i);
            value *= Scale;
            if (Add) value += Vector512.Load(destination + row + i);
            value.Store(destination + row + i);
        }
    }
}
