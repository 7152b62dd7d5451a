using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics.X86;

namespace Decant.Connectors.Cpu.Kernels;

/// <summary>
/// One panel of 32 rows times 1, 2, 4 or 8 tokens: products[t][row]. Every element is acc = fma(weight, activation, acc) over the
/// columns in order, starting from 0; the variants differ only in how many chains run side by side.
/// </summary>
internal static unsafe class FloatKernels<TFloat, TInt, TSimd, TWeights>
    where TFloat : struct
    where TInt : struct
    where TSimd : struct, ISimd<TFloat, TInt>
    where TWeights : struct, IFloatWeights
{
    // One sequential stream per thread: asking for lines this far ahead hides DRAM latency without a second stream.
    private const int PrefetchBytes = 4096;

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public static void One(byte* weights, float* x, int columns, float* products)
    {
        for (var o = 0; o < 16; o += TSimd.Width)
        {
            TFloat a = default, b = default;
            var w = weights;
            for (var c = 0; c < columns; c++, w += TWeights.ColumnBytes)
            {
                if (Sse.IsSupported) Sse.Prefetch0(w + PrefetchBytes);
                TWeights.Load<TFloat, TInt, TSimd>(w, o, out var low, out var high);
                var x0 = TSimd.Broadcast(x[c]);
                a = TSimd.Fma(low, x0, a);
                b = TSimd.Fma(high, x0, b);
            }

            TSimd.Store(a, products + o);
            TSimd.Store(b, products + o + 16);
        }
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public static void Two(byte* weights, float* x, int columns, float* products)
    {
        for (var o = 0; o < 16; o += TSimd.Width)
        {
            TFloat a0 = default, b0 = default, a1 = default, b1 = default;
            var w = weights;
            var xc = x;
            for (var c = 0; c < columns; c++, w += TWeights.ColumnBytes, xc += 2)
            {
                if (Sse.IsSupported) Sse.Prefetch0(w + PrefetchBytes);
                TWeights.Load<TFloat, TInt, TSimd>(w, o, out var low, out var high);
                var x0 = TSimd.Broadcast(xc[0]);
                a0 = TSimd.Fma(low, x0, a0);
                b0 = TSimd.Fma(high, x0, b0);
                var x1 = TSimd.Broadcast(xc[1]);
                a1 = TSimd.Fma(low, x1, a1);
                b1 = TSimd.Fma(high, x1, b1);
            }

            Store(a0, b0, products, o);
            Store(a1, b1, products + 32, o);
        }
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public static void Four(byte* weights, float* x, int columns, float* products)
    {
        for (var o = 0; o < 16; o += TSimd.Width)
        {
            TFloat a0 = default, b0 = default, a1 = default, b1 = default, a2 = default, b2 = default, a3 = default, b3 = default;
            var w = weights;
            var xc = x;
            for (var c = 0; c < columns; c++, w += TWeights.ColumnBytes, xc += 4)
            {
                if (Sse.IsSupported) Sse.Prefetch0(w + PrefetchBytes);
                TWeights.Load<TFloat, TInt, TSimd>(w, o, out var low, out var high);
                var x0 = TSimd.Broadcast(xc[0]);
                a0 = TSimd.Fma(low, x0, a0);
                b0 = TSimd.Fma(high, x0, b0);
                var x1 = TSimd.Broadcast(xc[1]);
                a1 = TSimd.Fma(low, x1, a1);
                b1 = TSimd.Fma(high, x1, b1);
                var x2 = TSimd.Broadcast(xc[2]);
                a2 = TSimd.Fma(low, x2, a2);
                b2 = TSimd.Fma(high, x2, b2);
                var x3 = TSimd.Broadcast(xc[3]);
                a3 = TSimd.Fma(low, x3, a3);
                b3 = TSimd.Fma(high, x3, b3);
            }

            Store(a0, b0, products, o);
            Store(a1, b1, products + 32, o);
            Store(a2, b2, products + 64, o);
            Store(a3, b3, products + 96, o);
        }
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public static void Eight(byte* weights, float* x, int columns, float* products)
    {
        for (var o = 0; o < 16; o += TSimd.Width)
        {
            TFloat a0 = default, b0 = default, a1 = default, b1 = default, a2 = default, b2 = default, a3 = default, b3 = default;
            TFloat a4 = default, b4 = default, a5 = default, b5 = default, a6 = default, b6 = default, a7 = default, b7 = default;
            var w = weights;
            var xc = x;
            for (var c = 0; c < columns; c++, w += TWeights.ColumnBytes, xc += 8)
            {
                if (Sse.IsSupported) Sse.Prefetch0(w + PrefetchBytes);
                TWeights.Load<TFloat, TInt, TSimd>(w, o, out var low, out var high);
                var x0 = TSimd.Broadcast(xc[0]);
                a0 = TSimd.Fma(low, x0, a0);
                b0 = TSimd.Fma(high, x0, b0);
                var x1 = TSimd.Broadcast(xc[1]);
                a1 = TSimd.Fma(low, x1, a1);
                b1 = TSimd.Fma(high, x1, b1);
                var x2 = TSimd.Broadcast(xc[2]);
                a2 = TSimd.Fma(low, x2, a2);
                b2 = TSimd.Fma(high, x2, b2);
                var x3 = TSimd.Broadcast(xc[3]);
                a3 = TSimd.Fma(low, x3, a3);
                b3 = TSimd.Fma(high, x3, b3);
                var x4 = TSimd.Broadcast(xc[4]);
                a4 = TSimd.Fma(low, x4, a4);
                b4 = TSimd.Fma(high, x4, b4);
                var x5 = TSimd.Broadcast(xc[5]);
                a5 = TSimd.Fma(low, x5, a5);
                b5 = TSimd.Fma(high, x5, b5);
                var x6 = TSimd.Broadcast(xc[6]);
                a6 = TSimd.Fma(low, x6, a6);
                b6 = TSimd.Fma(high, x6, b6);
                var x7 = TSimd.Broadcast(xc[7]);
                a7 = TSimd.Fma(low, x7, a7);
                b7 = TSimd.Fma(high, x7, b7);
            }

            Store(a0, b0, products, o);
            Store(a1, b1, products + 32, o);
            Store(a2, b2, products + 64, o);
            Store(a3, b3, products + 96, o);
            Store(a4, b4, products + 128, o);
            Store(a5, b5, products + 160, o);
            Store(a6, b6, products + 192, o);
            Store(a7, b7, products + 224, o);
        }
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static void Store(TFloat low, TFloat high, float* products, int offset)
    {
        TSimd.Store(low, products + offset);
        TSimd.Store(high, products + offset + 16);
    }
}
