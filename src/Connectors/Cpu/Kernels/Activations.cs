using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;
using Decant.Connectors.Models;

namespace Decant.Connectors.Cpu.Kernels;

/// <summary>The feed-forward block's nonlinearity, panel by panel.</summary>
internal static unsafe class Activations
{
    private const int Panel = PackedMatrix.PanelRows;

    /// <summary>
    /// inner = f(gate) · up (gated) or f(up), for inner panels <paramref name="from"/> … <paramref name="to"/> − 1 of one row. In
    /// <paramref name="gateUp"/>, gate and up panels alternate.
    /// </summary>
    public static void Apply(ModelConfig config, float* gateUp, float* inner, int from, int to)
    {
        for (var panel = from; panel < to; panel++)
        {
            for (var i = 0; i < Panel; i += 16)
            {
                var target = inner + panel * Panel + i;
                if (config.Gated)
                {
                    var gate = gateUp + panel * 2 * Panel + i;
                    (Function(config.Activation, Vector512.Load(gate)) * Vector512.Load(gate + Panel)).Store(target);
                }
                else
                {
                    Function(config.Activation, Vector512.Load(gateUp + panel * Panel + i)).Store(target);
                }
            }
        }
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static Vector512<float> Function(Activation kind, Vector512<float> x) => kind switch
    {
        Activation.Silu => x / (Vector512<float>.One + VectorMath.Exp(-x)),
        Activation.GeluTanh => GeluTanh(x),
        Activation.Gelu => Gelu(x),
        Activation.Relu => Vector512.Max(x, Vector512<float>.Zero),
        _ => throw new NotSupportedException($"Activation {kind} has no kernel on the CPU engine."),
    };

    // 0.5 x (1 + tanh(√(2/π) (x + 0.044715 x³)))
    private static Vector512<float> GeluTanh(Vector512<float> x)
    {
        var inner = Vector512.FusedMultiplyAdd(x * x * x, Vector512.Create(0.044715f), x) * 0.7978845608f;
        return x * 0.5f * (Vector512<float>.One + VectorMath.Tanh(inner));
    }

    // 0.5 x (1 + erf(x / √2)), erf by Abramowitz and Stegun 7.1.26 (absolute error 1.5e-7).
    private static Vector512<float> Gelu(Vector512<float> x)
    {
        var z = Vector512.Abs(x) * 0.70710678f;
        var t = Vector512<float>.One / Vector512.FusedMultiplyAdd(z, Vector512.Create(0.3275911f), Vector512<float>.One);
        var p = Vector512.FusedMultiplyAdd(t, Vector512.Create(1.061405429f), Vector512.Create(-1.453152027f));
        p = Vector512.FusedMultiplyAdd(p, t, Vector512.Create(1.421413741f));
        p = Vector512.FusedMultiplyAdd(p, t, Vector512.Create(-0.284496736f));
        p = Vector512.FusedMultiplyAdd(p, t, Vector512.Create(0.254829592f));
        var tail = p * t * VectorMath.Exp(-(z * z));
        var erf = Vector512.ConditionalSelect(Vector512.LessThan(x, Vector512<float>.Zero), tail - Vector512<float>.One, Vector512<float>.One - tail);
        return x * 0.5f * (Vector512<float>.One + erf);
    }
}
