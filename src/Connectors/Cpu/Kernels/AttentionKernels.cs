using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;
using Decant.Connectors.Cpu.Memory;

namespace Decant.Connectors.Cpu.Kernels;

/// <summary>
/// Scores of queries against a page of keys, and weighted sums of values. One query or four at once: a score is one chain over
/// the head's dimensions, an output one chain over the tokens, so the two forms give the same bits.
/// </summary>
internal static unsafe class AttentionKernels
{
    private const int Page = KvLayout.PageTokens;

    /// <summary>scores[token] = scale · query · key[token] for the 64 tokens of a page.</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public static void Scores(float* query, float* keys, int headSize, float scale, float* scores)
    {
        Vector512<float> a0 = default, a1 = default, a2 = default, a3 = default;
        for (var d = 0; d < headSize; d++, keys += Page)
        {
            var q = Vector512.Create(query[d]);
            a0 = Vector512.FusedMultiplyAdd(Vector512.Load(keys), q, a0);
            a1 = Vector512.FusedMultiplyAdd(Vector512.Load(keys + 16), q, a1);
            a2 = Vector512.FusedMultiplyAdd(Vector512.Load(keys + 32), q, a2);
            a3 = Vector512.FusedMultiplyAdd(Vector512.Load(keys + 48), q, a3);
        }

        Store(a0, a1, a2, a3, scale, scores);
    }

    /// <summary>The same for four queries, <paramref name="queryStride"/> floats apart, into rows <paramref name="scoreStride"/> apart.</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public static void ScoresOfFour(float* query, long queryStride, float* keys, int headSize, float scale, float* scores, long scoreStride)
    {
        Vector512<float> a0 = default, a1 = default, a2 = default, a3 = default, b0 = default, b1 = default, b2 = default, b3 = default;
        Vector512<float> c0 = default, c1 = default, c2 = default, c3 = default, d0 = default, d1 = default, d2 = default, d3 = default;
        float* q1 = query + queryStride, q2 = q1 + queryStride, q3 = q2 + queryStride;
        for (var d = 0; d < headSize; d++, keys += Page)
        {
            var k0 = Vector512.Load(keys);
            var k1 = Vector512.Load(keys + 16);
            var k2 = Vector512.Load(keys + 32);
            var k3 = Vector512.Load(keys + 48);
            var q = Vector512.Create(query[d]);
            a0 = Vector512.FusedMultiplyAdd(k0, q, a0);
            a1 = Vector512.FusedMultiplyAdd(k1, q, a1);
            a2 = Vector512.FusedMultiplyAdd(k2, q, a2);
            a3 = Vector512.FusedMultiplyAdd(k3, q, a3);
            q = Vector512.Create(q1[d]);
            b0 = Vector512.FusedMultiplyAdd(k0, q, b0);
            b1 = Vector512.FusedMultiplyAdd(k1, q, b1);
            b2 = Vector512.FusedMultiplyAdd(k2, q, b2);
            b3 = Vector512.FusedMultiplyAdd(k3, q, b3);
            q = Vector512.Create(q2[d]);
            c0 = Vector512.FusedMultiplyAdd(k0, q, c0);
            c1 = Vector512.FusedMultiplyAdd(k1, q, c1);
            c2 = Vector512.FusedMultiplyAdd(k2, q, c2);
            c3 = Vector512.FusedMultiplyAdd(k3, q, c3);
            q = Vector512.Create(q3[d]);
            d0 = Vector512.FusedMultiplyAdd(k0, q, d0);
            d1 = Vector512.FusedMultiplyAdd(k1, q, d1);
            d2 = Vector512.FusedMultiplyAdd(k2, q, d2);
            d3 = Vector512.FusedMultiplyAdd(k3, q, d3);
        }

        Store(a0, a1, a2, a3, scale, scores);
        Store(b0, b1, b2, b3, scale, scores + scoreStride);
        Store(c0, c1, c2, c3, scale, scores + 2 * scoreStride);
        Store(d0, d1, d2, d3, scale, scores + 3 * scoreStride);
    }

    /// <summary>output[d] += Σ weights[i] · value i, for values <paramref name="stride"/> floats apart (a multiple of 16).</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public static void Accumulate(float* weights, float* values, int count, int stride, float* output)
    {
        var d = 0;
        for (; d + 64 <= stride; d += 64)
        {
            // Four chains side by side: one alone would wait for each of its additions.
            var target = output + d;
            Vector512<float> a = Vector512.Load(target), b = Vector512.Load(target + 16), c = Vector512.Load(target + 32), e = Vector512.Load(target + 48);
            var v = values + d;
            for (var i = 0; i < count; i++, v += stride)
            {
                var w = Vector512.Create(weights[i]);
                a = Vector512.FusedMultiplyAdd(Vector512.Load(v), w, a);
                b = Vector512.FusedMultiplyAdd(Vector512.Load(v + 16), w, b);
                c = Vector512.FusedMultiplyAdd(Vector512.Load(v + 32), w, c);
                e = Vector512.FusedMultiplyAdd(Vector512.Load(v + 48), w, e);
            }

            Pair(a, b, target);
            Pair(c, e, target + 32);
        }

        for (; d < stride; d += 16)
        {
            var sum = Vector512.Load(output + d);
            var v = values + d;
            for (var i = 0; i < count; i++, v += stride) sum = Vector512.FusedMultiplyAdd(Vector512.Load(v), Vector512.Create(weights[i]), sum);
            sum.Store(output + d);
        }
    }

    /// <summary>The same for four rows of weights at once; outputs are <paramref name="stride"/> floats apart.</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public static void AccumulateFour(float* weights, long weightStride, float* values, int count, int stride, float* output)
    {
        float* w1 = weights + weightStride, w2 = w1 + weightStride, w3 = w2 + weightStride;
        var d = 0;
        for (; d + 32 <= stride; d += 32)
        {
            var target = output + d;
            Vector512<float> a0 = Vector512.Load(target), a1 = Vector512.Load(target + 16);
            Vector512<float> b0 = Vector512.Load(target + stride), b1 = Vector512.Load(target + stride + 16);
            Vector512<float> c0 = Vector512.Load(target + 2 * stride), c1 = Vector512.Load(target + 2 * stride + 16);
            Vector512<float> d0 = Vector512.Load(target + 3 * stride), d1 = Vector512.Load(target + 3 * stride + 16);
            var v = values + d;
            for (var i = 0; i < count; i++, v += stride)
            {
                var v0 = Vector512.Load(v);
                var v1 = Vector512.Load(v + 16);
                var w = Vector512.Create(weights[i]);
                a0 = Vector512.FusedMultiplyAdd(v0, w, a0);
                a1 = Vector512.FusedMultiplyAdd(v1, w, a1);
                w = Vector512.Create(w1[i]);
                b0 = Vector512.FusedMultiplyAdd(v0, w, b0);
                b1 = Vector512.FusedMultiplyAdd(v1, w, b1);
                w = Vector512.Create(w2[i]);
                c0 = Vector512.FusedMultiplyAdd(v0, w, c0);
                c1 = Vector512.FusedMultiplyAdd(v1, w, c1);
                w = Vector512.Create(w3[i]);
                d0 = Vector512.FusedMultiplyAdd(v0, w, d0);
                d1 = Vector512.FusedMultiplyAdd(v1, w, d1);
            }

            Pair(a0, a1, target);
            Pair(b0, b1, target + stride);
            Pair(c0, c1, target + 2 * stride);
            Pair(d0, d1, target + 3 * stride);
        }

        if (d < stride)
        {
            for (var row = 0; row < 4; row++)
            {
                var sum = Vector512.Load(output + row * stride + d);
                var v = values + d;
                var w = weights + row * weightStride;
                for (var i = 0; i < count; i++, v += stride) sum = Vector512.FusedMultiplyAdd(Vector512.Load(v), Vector512.Create(w[i]), sum);
                sum.Store(output + row * stride + d);
            }
        }
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static void Pair(Vector512<float> low, Vector512<float> high, float* destination)
    {
        low.Store(destination);
        high.Store(destination + 16);
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static void Store(Vector512<float> a, Vector512<float> b, Vector512<float> c, Vector512<float> d, float scale, float* scores)
    {
        var factor = Vector512.Create(scale);
        (a * factor).Store(scores);
        (b * factor).Store(scores + 16);
        (c * factor).Store(scores + 32);
        (d * factor).Store(scores + 48);
    }
}
