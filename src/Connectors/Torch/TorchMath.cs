using Decant.Connectors.Models;
using static TorchSharp.torch;
using static TorchSharp.torch.nn;

namespace Decant.Connectors.Torch;

/// <summary>The formulas of a transformer on tensors, as the families define them. Every function can be differentiated.</summary>
internal static class TorchMath
{
    /// <summary>The model's norm over the last dimension; of half-precision values in float32 inside.</summary>
    public static Tensor Norm(Tensor x, Tensor weight, Tensor? bias, ModelConfig config)
    {
        if (config.NormAddsOne) weight = weight.add(KeptScalars.One);
        if (config.Norm == NormKind.LayerNorm) return functional.layer_norm(x, [weight.shape[0]], weight, bias, config.NormEpsilon);
        var exact = Exact(x);
        var inverse = (exact * exact).mean([-1], keepdim: true).add(KeptScalars.Of(config.NormEpsilon)).rsqrt();
        return (exact * inverse).to(x.dtype) * weight;
    }

    /// <summary>
    /// Turns the heads' first dimensions by their positions' angles: dimension i pairs with i + half.
    /// <paramref name="cosine"/> and <paramref name="sine"/> come from <see cref="Forward.RotaryTable"/> and broadcast against <paramref name="x"/> (…, head size).
    /// </summary>
    public static Tensor Rotate(Tensor x, Tensor cosine, Tensor sine, int dimensions)
    {
        var half = dimensions / 2;
        var (first, second) = (x.narrow(-1, 0, half), x.narrow(-1, half, half));
        var size = x.shape[^1];
        var partner = size == dimensions ? cat([second, first], -1) : cat([second, first, x.narrow(-1, dimensions, size - dimensions)], -1);
        return (x * cosine).addcmul(partner, sine, KeptScalars.One);
    }

    /// <summary>The feed-forward block's nonlinearity.</summary>
    public static Tensor Activate(Tensor x, Activation activation) => activation switch
    {
        Activation.Silu => functional.silu(x),
        Activation.GeluTanh => functional.gelu(x, TorchSharp.Modules.GELU.Approximate.tanh),
        Activation.Gelu => functional.gelu(x),
        _ => functional.relu(x),
    };

    /// <summary>cap · tanh(x / cap), or x without a cap.</summary>
    public static Tensor Cap(Tensor x, float? cap) => cap is { } c ? x.div(KeptScalars.Of(c)).tanh().mul(KeptScalars.Of(c)) : x;

    /// <summary>
    /// Attention without a fused kernel, for models with soft-capped scores and for attention maps: softmax(cap(scale · q kᵀ)) v.
    /// </summary>
    /// <param name="query">[batch, heads, rows, head size].</param>
    /// <param name="key">[batch, heads, positions, head size].</param>
    /// <param name="value">Like <paramref name="key"/>.</param>
    /// <param name="mask">What to add to the scores: 0 where a row may look, −∞ elsewhere; broadcasts to [batch, heads, rows, positions]. Null hides nothing.</param>
    /// <param name="config">Scale and cap.</param>
    public static (Tensor Output, Tensor Weights) ExplicitAttention(Tensor query, Tensor key, Tensor value, Tensor? mask, ModelConfig config)
    {
        var scores = Cap(Exact(query.matmul(key.transpose(-2, -1))).mul(KeptScalars.Of(config.AttentionScale)), config.AttentionSoftcap);
        var weights = (mask is null ? scores : scores.add(mask, KeptScalars.One)).softmax(-1);
        return (weights.to(value.dtype).matmul(value), weights);
    }

    /// <summary>The mask of a whole sequence, [length, length]: each position sees itself and what precedes it, inside the window if there is one.</summary>
    public static Tensor CausalMask(int length, int? window, ScalarType dtype, Device device)
    {
        var seen = ones(length, length, ScalarType.Bool, device).tril();
        if (window is { } w) seen = seen.logical_and(seen.triu(1 - w));
        return zeros(length, length, dtype, device).masked_fill(seen.logical_not(), KeptScalars.NegativeInfinity);
    }

    private static Tensor Exact(Tensor x) => x.dtype is ScalarType.Float16 or ScalarType.BFloat16 ? x.to(ScalarType.Float32) : x;
}
