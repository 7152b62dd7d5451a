namespace Decant.Connectors.Cpu.Kernels;

/// <summary>One width of SIMD register, for the kernels whose speed decides the engine's. Every width computes the same bits:
/// a kernel's order of operations per output element does not depend on it.</summary>
/// <typeparam name="TFloat">Register of float32 lanes.</typeparam>
/// <typeparam name="TInt">Register of as many int32 lanes.</typeparam>
internal unsafe interface ISimd<TFloat, TInt>
    where TFloat : struct
    where TInt : struct
{
    /// <summary>Lanes per register: 16, 8 or 4.</summary>
    static abstract int Width { get; }

    /// <summary>Most tokens a kernel takes at once with two registers of outputs per token and without spilling.</summary>
    static abstract int MaxTokens { get; }

    static abstract TFloat Load(float* source);

    static abstract void Store(TFloat value, float* destination);

    static abstract TFloat Broadcast(float value);

    static abstract TFloat Multiply(TFloat a, TFloat b);

    static abstract TFloat Add(TFloat a, TFloat b);

    /// <summary>a·b + c, rounded once.</summary>
    static abstract TFloat Fma(TFloat a, TFloat b, TFloat c);

    static abstract TInt LoadBits(void* source);

    /// <summary>The bfloat16 in each lane's low half, as float32.</summary>
    static abstract TFloat LowHalf(TInt bits);

    /// <summary>The bfloat16 in each lane's high half, as float32.</summary>
    static abstract TFloat HighHalf(TInt bits);

    /// <summary>Pairs of signed bytes, widened to pairs of int16: one pair per lane.</summary>
    static abstract TInt LoadBytePairs(sbyte* source);

    static abstract TInt BroadcastPair(int pair);

    /// <summary>accumulator + w₀·x₀ + w₁·x₁ per lane, exact in int32.</summary>
    static abstract TInt MultiplyAddPairs(TInt accumulator, TInt weights, TInt activations);

    static abstract TFloat ToFloat(TInt value);
}
