using Decant.Connectors.Models;
using static TorchSharp.torch;

namespace Decant.Connectors.Torch.Weights;

/// <summary>Copies a checkpoint's tensors into libtorch's.</summary>
internal static class TensorReader
{
    // A span holds less than 2 GiB; an embedding table may be larger.
    private const long PartBytes = 1L << 28;

    /// <summary>A tensor with the view's shape and values.</summary>
    public static Tensor Read(TensorView view, ScalarType dtype, Device device)
    {
        var type = view.Type switch { ElementType.F16 => ScalarType.Float16, ElementType.BF16 => ScalarType.BFloat16, _ => ScalarType.Float32 };
        using var scope = NewDisposeScope();
        var copy = empty(view.Count, type);
        var elements = PartBytes / copy.ElementSize;
        for (var start = 0L; start < view.Count; start += elements)
        {
            var part = copy.narrow(0, start, Math.Min(elements, view.Count - start)).bytes;
            Source(view, start * copy.ElementSize, part.Length).CopyTo(part);
        }

        // The copy's own memory is only given away where nothing is converted or moved.
        return copy.reshape([.. view.Shape]).to(dtype, device).MoveToOuterDisposeScope();
    }

    private static unsafe ReadOnlySpan<byte> Source(TensorView view, long offset, int length) => new(view.Data + offset, length);
}
