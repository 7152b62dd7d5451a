using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics.X86;

namespace Decant.Connectors.Cpu.Kernels;

/// <summary>
/// One panel of 32 int8 rows times 1, 2, 4 or 8 tokens of int16 activations: products[t][row] += Σ over groups, in order, of
/// (group sum · activation scale) · weight scale.
/// </summary>
internal static unsafe class Int8Kernels<TFloat, TInt, TSimd>
    where TFloat : struct
    where TInt : struct
    where TSimd : struct, ISimd<TFloat, TInt>
{
    private const int PairBytes = PackedMatrix.PanelRows * 2;
    private const int HalfPanel = 32;
    private const int PrefetchBytes = 4096;

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public static void One(sbyte* weights, byte* scales, int scaleStep, int* x, float* xScales, int groups, int pairs, float* products)
    {
        for (var g = 0; g < groups; g++, scales += scaleStep, weights += (long)pairs * PairBytes, x += pairs, xScales++)
        {
            for (var o = 0; o < 16; o += TSimd.Width)
            {
                TInt a = default, b = default;
                var w = weights + 2 * o;
                for (var p = 0; p < pairs; p++, w += PairBytes)
                {
                    if (Sse.IsSupported) Sse.Prefetch0(w + PrefetchBytes);
                    var x0 = TSimd.BroadcastPair(x[p]);
                    a = TSimd.MultiplyAddPairs(a, TSimd.LoadBytePairs(w), x0);
                    b = TSimd.MultiplyAddPairs(b, TSimd.LoadBytePairs(w + HalfPanel), x0);
                }

                BFloat16Weights.Load<TFloat, TInt, TSimd>(scales, o, out var low, out var high);
                Add(a, b, low, high, xScales[0], products, o);
            }
        }
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public static void Two(sbyte* weights, byte* scales, int scaleStep, int* x, float* xScales, int groups, int pairs, float* products)
    {
        for (var g = 0; g < groups; g++, scales += scaleStep, weights += (long)pairs * PairBytes, x += 2 * pairs, xScales += 2)
        {
            for (var o = 0; o < 16; o += TSimd.Width)
            {
                TInt a0 = default, b0 = default, a1 = default, b1 = default;
                var w = weights + 2 * o;
                var xp = x;
                for (var p = 0; p < pairs; p++, w += PairBytes, xp += 2)
                {
                    if (Sse.IsSupported) Sse.Prefetch0(w + PrefetchBytes);
                    var wl = TSimd.LoadBytePairs(w);
                    var wh = TSimd.LoadBytePairs(w + HalfPanel);
                    var x0 = TSimd.BroadcastPair(xp[0]);
                    a0 = TSimd.MultiplyAddPairs(a0, wl, x0);
                    b0 = TSimd.MultiplyAddPairs(b0, wh, x0);
                    var x1 = TSimd.BroadcastPair(xp[1]);
                    a1 = TSimd.MultiplyAddPairs(a1, wl, x1);
                    b1 = TSimd.MultiplyAddPairs(b1, wh, x1);
                }

                BFloat16Weights.Load<TFloat, TInt, TSimd>(scales, o, out var low, out var high);
                Add(a0, b0, low, high, xScales[0], products, o);
                Add(a1, b1, low, high, xScales[1], products + 32, o);
            }
        }
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public static void Four(sbyte* weights, byte* scales, int scaleStep, int* x, float* xScales, int groups, int pairs, float* products)
    {
        for (var g = 0; g < groups; g++, scales += scaleStep, weights += (long)pairs * PairBytes, x += 4 * pairs, xScales += 4)
        {
            for (var o = 0; o < 16; o += TSimd.Width)
            {
                TInt a0 = default, b0 = default, a1 = default, b1 = default, a2 = default, b2 = default, a3 = default, b3 = default;
                var w = weights + 2 * o;
                var xp = x;
                for (var p = 0; p < pairs; p++, w += PairBytes, xp += 4)
                {
                    if (Sse.IsSupported) Sse.Prefetch0(w + PrefetchBytes);
                    var wl = TSimd.LoadBytePairs(w);
                    var wh = TSimd.LoadBytePairs(w + HalfPanel);
                    var x0 = TSimd.BroadcastPair(xp[0]);
                    a0 = TSimd.MultiplyAddPairs(a0, wl, x0);
                    b0 = TSimd.MultiplyAddPairs(b0, wh, x0);
                    var x1 = TSimd.BroadcastPair(xp[1]);
                    a1 = TSimd.MultiplyAddPairs(a1, wl, x1);
                    b1 = TSimd.MultiplyAddPairs(b1, wh, x1);
                    var x2 = TSimd.BroadcastPair(xp[2]);
                    a2 = TSimd.MultiplyAddPairs(a2, wl, x2);
                    b2 = TSimd.MultiplyAddPairs(b2, wh, x2);
                    var x3 = TSimd.BroadcastPair(xp[3]);
                    a3 = TSimd.MultiplyAddPairs(a3, wl, x3);
                    b3 = TSimd.MultiplyAddPairs(b3, wh, x3);
                }

                BFloat16Weights.Load<TFloat, TInt, TSimd>(scales, o, out var low, out var high);
                Add(a0, b0, low, high, xScales[0], products, o);
                Add(a1, b1, low, high, xScales[1], products + 32, o);
                Add(a2, b2, low, high, xScales[2], products + 64, o);
                Add(a3, b3, low, high, xScales[3], products + 96, o);
            }
        }
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public static void Eight(sbyte* weights, byte* scales, int scaleStep, int* x, float* xScales, int groups, int pairs, float* products)
    {
        for (var g = 0; g < groups; g++, scales += scaleStep, weights += (long)pairs * PairBytes, x += 8 * pairs, xScales += 8)
        {
            for (var o = 0; o < 16; o += TSimd.Width)
            {
                TInt a0 = default, b0 = default, a1 = default, b1 = default, a2 = default, b2 = default, a3 = default, b3 = default;
                TInt a4 = default, b4 = default, a5 = default, b5 = default, a6 = default, b6 = default, a7 = default, b7 = default;
                var w = weights + 2 * o;
                var xp = x;
                for (var p = 0; p < pairs; p++, w += PairBytes, xp += 8)
                {
                    if (Sse.IsSupported) Sse.Prefetch0(w + PrefetchBytes);
                    var wl = TSimd.LoadBytePairs(w);
                    var wh = TSimd.LoadBytePairs(w + HalfPanel);
                    var x0 = TSimd.BroadcastPair(xp[0]);
                    a0 = TSimd.MultiplyAddPairs(a0, wl, x0);
                    b0 = TSimd.MultiplyAddPairs(b0, wh, x0);
                    var x1 = TSimd.BroadcastPair(xp[1]);
                    a1 = TSimd.MultiplyAddPairs(a1, wl, x1);
                    b1 = TSimd.MultiplyAddPairs(b1, wh, x1);
                    var x2 = TSimd.BroadcastPair(xp[2]);
                    a2 = TSimd.MultiplyAddPairs(a2, wl, x2);
                    b2 = TSimd.MultiplyAddPairs(b2, wh, x2);
                    var x3 = TSimd.BroadcastPair(xp[3]);
                    a3 = TSimd.MultiplyAddPairs(a3, wl, x3);
                    b3 = TSimd.MultiplyAddPairs(b3, wh, x3);
                    var x4 = TSimd.BroadcastPair(xp[4]);
                    a4 = TSimd.MultiplyAddPairs(a4, wl, x4);
                    b4 = TSimd.MultiplyAddPairs(b4, wh, x4);
                    var x5 = TSimd.BroadcastPair(xp[5]);
                    a5 = TSimd.MultiplyAddPairs(a5, wl, x5);
                    b5 = TSimd.MultiplyAddPairs(b5, wh, x5);
                    var x6 = TSimd.BroadcastPair(xp[6]);
                    a6 = TSimd.MultiplyAddPairs(a6, wl, x6);
                    b6 = TSimd.MultiplyAddPairs(b6, wh, x6);
                    var x7 = TSimd.BroadcastPair(xp[7]);
                    a7 = TSimd.MultiplyAddPairs(a7, wl, x7);
                    b7 = TSimd.MultiplyAddPairs(b7, wh, x7);
                }

                BFloat16Weights.Load<TFloat, TInt, TSimd>(scales, o, out var low, out var high);
                Add(a0, b0, low, high, xScales[0], products, o);
                Add(a1, b1, low, high, xScales[1], products + 32, o);
                Add(a2, b2, low, high, xScales[2], products + 64, o);
                Add(a3, b3, low, high, xScales[3], products + 96, o);
                Add(a4, b4, low, high, xScales[4], products + 128, o);
                Add(a5, b5, low, high, xScales[5], products + 160, o);
                Add(a6, b6, low, high, xScales[6], products + 192, o);
                Add(a7, b7, low, high, xScales[7], products + 224, o);
            }
        }
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static void Add(TInt a, TInt b, TFloat low, TFloat high, float xScale, float* products, int offset)
    {
        var scale = TSimd.Broadcast(xScale);
        products += offset;
        TSimd.Store(TSimd.Fma(TSimd.Multiply(TSimd.ToFloat(a), scale), low, TSimd.Load(products)), products);
        TSimd.Store(TSimd.Fma(TSimd.Multiply(TSimd.ToFloat(b), scale), high, TSimd.Load(products + 16)), products + 16);
    }
}
