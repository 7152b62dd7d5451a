using System.Collections.Concurrent;
using System.Globalization;
using TorchSharp;
using static TorchSharp.torch;

namespace Decant.Connectors.Torch;

/// <summary>Operators of libtorch that TorchSharp has no method for, reached through TorchScript. The text is fixed: a name libtorch does not know would end the process.</summary>
internal static class TorchScripts
{
    // TorchSharp frees a number that is handed to a script when the collector likes, even before the script runs: numbers are part of the text.
    private static readonly ConcurrentDictionary<double, Lazy<jit.CompilationUnit>> _norms = new();

    private static readonly Lazy<jit.CompilationUnit> _int8 = new(() => jit.compile("""
        def product(x, weight, scales):
            return torch._weight_int8pack_mm(x, weight, scales)

        """));

    /// <summary>x / √(mean x² + ε) · weight over the last dimension, in one kernel where the device has one.</summary>
    public static Tensor RmsNorm(Tensor x, Tensor weight, double epsilon) =>
        _norms.GetOrAdd(epsilon, static epsilon => new(() => jit.compile($$"""
            def norm(x, weight):
                return torch.rms_norm(x, [x.size(-1)], weight, {{epsilon.ToString("0.0###############################", CultureInfo.InvariantCulture)}})

            """))).Value.invoke<Tensor>("norm", x, weight);

    /// <summary>x · weightᵀ · scales: <paramref name="x"/> bfloat16 [rows, in], <paramref name="weight"/> int8 [out, in], one bfloat16 scale per output.</summary>
    public static Tensor Int8Product(Tensor x, Tensor weight, Tensor scales) => _int8.Value.invoke<Tensor>("product", x, weight, scales);
}
