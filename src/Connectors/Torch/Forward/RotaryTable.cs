using Decant.Connectors.Models;
using static TorchSharp.torch;

namespace Decant.Connectors.Torch.Forward;

/// <summary>Cosines and sines of rotary embeddings, computed as the CPU engine does: angles in float64, each row's by its own position only.</summary>
internal static class RotaryTable
{
    /// <summary>
    /// Two tensors [rows, head size]: cosines, and sines with the sign of their half, so that a head turns by x · cosine + partner · sine.
    /// Dimensions that do not turn have cosine 1 and sine 0.
    /// </summary>
    /// <param name="settings">The rotary embedding.</param>
    /// <param name="positions">The rows' positions.</param>
    /// <param name="headSize">Width of a head.</param>
    /// <param name="context">The context the model is opened with: it decides between LongRoPE's lists.</param>
    /// <param name="dtype">Type of the result.</param>
    /// <param name="device">Where to put it.</param>
    public static (Tensor Cosine, Tensor Sine) Create(
        RotarySettings settings, ReadOnlySpan<int> positions, int headSize, int context, ScalarType dtype, Device device)
    {
        var half = settings.Dimensions / 2;
        var cosine = new float[positions.Length * headSize];
        var sine = new float[cosine.Length];
        Array.Fill(cosine, 1);
        var frequencies = settings.InverseFrequencies(context);
        for (var row = 0; row < positions.Length; row++)
        {
            if (settings.DependsOnLength) frequencies = settings.InverseFrequencies(positions[row] + 1);
            for (var i = 0; i < half; i++)
            {
                var (sin, cos) = Math.SinCos(positions[row] * (double)frequencies[i]);
                var at = row * headSize + i;
                cosine[at] = cosine[at + half] = (float)(cos * settings.Magnitude);
                sine[at + half] = (float)(sin * settings.Magnitude);
                sine[at] = -sine[at + half];
            }
        }

        long[] shape = [positions.Length, headSize];
        return (tensor(cosine, shape).to(dtype, device), tensor(sine, shape).to(dtype, device));
    }
}
