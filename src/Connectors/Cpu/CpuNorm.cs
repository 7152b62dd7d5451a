using System.Runtime.Intrinsics;
using Decant.Connectors.Cpu.Kernels;

namespace Decant.Connectors.Cpu;

/// <summary>RMSNorm, or LayerNorm when it has a bias or centres: y = (x − mean) / √(var + ε) · weight + bias.</summary>
internal sealed unsafe class CpuNorm(CpuVector weight, CpuVector? bias, bool centres, float epsilon) : IDisposable
{
    public int Count => weight.Count;

    /// <summary>Mean (0 for RMSNorm) and 1 / √(variance + ε) of a row.</summary>
    public (float Mean, float Inverse) Statistics(float* x)
    {
        if (!centres) return (0, 1 / MathF.Sqrt(VectorMath.SumOfSquares(x, Count) / Count + epsilon));
        var mean = VectorMath.Sum(x, Count) / Count;
        var variance = 0f;
        for (var i = 0; i < Count; i++) variance = MathF.FusedMultiplyAdd(x[i] - mean, x[i] - mean, variance);
        return (mean, 1 / MathF.Sqrt(variance / Count + epsilon));
    }

    /// <summary>Columns <paramref name="from"/> … <paramref name="to"/> − 1 of the normalised row.</summary>
    public void Apply(float* x, (float Mean, float Inverse) statistics, float* y, int from, int to)
    {
        var (mean, inverse) = statistics;
        var i = from;
        for (; i + 16 <= to; i += 16)
        {
            var v = (Vector512.Load(x + i) - Vector512.Create(mean)) * inverse * Vector512.Load(weight.Floats + i);
            if (bias is not null) v += Vector512.Load(bias.Floats + i);
            v.Store(y + i);
        }

        for (; i < to; i++) y[i] = (x[i] - mean) * inverse * weight.Floats[i] + (bias is null ? 0 : bias.Floats[i]);
    }

    public void Dispose()
    {
        weight.Dispose();
        bias?.Dispose();
    }
}
