using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;

namespace Decant.Connectors.Cpu.Kernels;

/// <summary>
/// The engine's elementary functions on rows of floats. Every result is the same bits on every processor and at every length:
/// sums run over 16 fixed lanes that are folded in a fixed order, and products that are added are fused.
/// </summary>
internal static unsafe class VectorMath
{
    private const int Lanes = 16;

    /// <summary>Σ x², in 16 lanes.</summary>
    public static float SumOfSquares(float* x, int count)
    {
        var sum = Vector512<float>.Zero;
        var i = 0;
        for (; i + Lanes <= count; i += Lanes)
        {
            var v = Vector512.Load(x + i);
            sum = Vector512.FusedMultiplyAdd(v, v, sum);
        }

        if (i < count)
        {
            var v = LoadPart(x + i, count - i, 0);
            sum = Vector512.FusedMultiplyAdd(v, v, sum);
        }

        return Fold(sum);
    }

    /// <summary>Σ x, in 16 lanes.</summary>
    public static float Sum(float* x, int count)
    {
        var sum = Vector512<float>.Zero;
        var i = 0;
        for (; i + Lanes <= count; i += Lanes) sum += Vector512.Load(x + i);
        if (i < count) sum += LoadPart(x + i, count - i, 0);
        return Fold(sum);
    }

    /// <summary>Replaces scores by exp(score − max) and returns their sum.</summary>
    public static float Exponentiate(float* scores, int count)
    {
        var max = Vector512.Create(float.NegativeInfinity);
        var i = 0;
        for (; i + Lanes <= count; i += Lanes) max = Vector512.Max(max, Vector512.Load(scores + i));
        if (i < count) max = Vector512.Max(max, LoadPart(scores + i, count - i, float.NegativeInfinity));
        var half = Vector256.Max(max.GetLower(), max.GetUpper());
        var quarter = Vector128.Max(half.GetLower(), half.GetUpper());
        var top = Vector512.Create(Math.Max(Math.Max(quarter[0], quarter[1]), Math.Max(quarter[2], quarter[3])));

        var sum = Vector512<float>.Zero;
        for (i = 0; i + Lanes <= count; i += Lanes)
        {
            var e = Exp(Vector512.Load(scores + i) - top);
            e.Store(scores + i);
            sum += e;
        }

        if (i < count)
        {
            var e = Exp(LoadPart(scores + i, count - i, float.NegativeInfinity) - top);
            StorePart(e, scores + i, count - i);
            sum += e;
        }

        return Fold(sum);
    }

    /// <summary>e^x to within 2 ulp; 0 below −87, the value at 88 above 88.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector512<float> Exp(Vector512<float> x)
    {
        // x = n·ln 2 + r with |r| ≤ ln 2 / 2; e^r by a degree-6 polynomial; 2^n into the exponent bits.
        var clamped = Vector512.Max(Vector512.Min(x, Vector512.Create(88f)), Vector512.Create(-87f));
        var n = Vector512.Floor(Vector512.FusedMultiplyAdd(clamped, Vector512.Create(1.44269504f), Vector512.Create(0.5f)));
        var r = Vector512.FusedMultiplyAdd(n, Vector512.Create(-0.693359375f), clamped);
        r = Vector512.FusedMultiplyAdd(n, Vector512.Create(2.12194440e-4f), r);
        var p = Vector512.Create(1.9875691500e-4f);
        p = Vector512.FusedMultiplyAdd(p, r, Vector512.Create(1.3981999507e-3f));
        p = Vector512.FusedMultiplyAdd(p, r, Vector512.Create(8.3334519073e-3f));
        p = Vector512.FusedMultiplyAdd(p, r, Vector512.Create(4.1665795894e-2f));
        p = Vector512.FusedMultiplyAdd(p, r, Vector512.Create(1.6666665459e-1f));
        p = Vector512.FusedMultiplyAdd(p, r, Vector512.Create(5.0000001201e-1f));
        p = Vector512.FusedMultiplyAdd(p, r * r, r + Vector512<float>.One);
        var scale = Vector512.ShiftLeft(Vector512.ConvertToInt32(n) + Vector512.Create(127), 23).AsSingle();
        return Vector512.ConditionalSelect(Vector512.LessThan(x, Vector512.Create(-87f)), Vector512<float>.Zero, p * scale);
    }

    /// <summary>tanh x by way of e^2x.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector512<float> Tanh(Vector512<float> x)
    {
        // Near 0 the quotient cancels; the odd series is exact enough there.
        var e = Exp(Vector512.Min(x + x, Vector512.Create(60f)));
        var quotient = (e - Vector512<float>.One) / (e + Vector512<float>.One);
        var square = x * x;
        var series = Vector512.FusedMultiplyAdd(square, Vector512.Create(-17f / 315), Vector512.Create(2f / 15));
        series = Vector512.FusedMultiplyAdd(series, square, Vector512.Create(-1f / 3));
        series = Vector512.FusedMultiplyAdd(series * square, x, x);
        return Vector512.ConditionalSelect(Vector512.LessThan(Vector512.Abs(x), Vector512.Create(0.1f)), series, quotient);
    }

    /// <summary>x ← cap · tanh(x / cap), padding included: <paramref name="count"/> is rounded up to 16.</summary>
    public static void Softcap(float* x, int count, float cap)
    {
        for (var i = 0; i < count; i += Lanes) (Tanh(Vector512.Load(x + i) / cap) * cap).Store(x + i);
    }

    /// <summary>The first <paramref name="count"/> (1 … 15) floats at <paramref name="source"/>, the other lanes <paramref name="fill"/>.</summary>
    public static Vector512<float> LoadPart(float* source, int count, float fill)
    {
        var lanes = stackalloc float[Lanes];
        for (var i = 0; i < Lanes; i++) lanes[i] = i < count ? source[i] : fill;
        return Vector512.Load(lanes);
    }

    public static void StorePart(Vector512<float> value, float* destination, int count)
    {
        for (var i = 0; i < count; i++) destination[i] = value.GetElement(i);
    }

    private static float Fold(Vector512<float> sum)
    {
        var half = sum.GetLower() + sum.GetUpper();
        var quarter = half.GetLower() + half.GetUpper();
        return quarter[0] + quarter[2] + (quarter[1] + quarter[3]);
    }
}
