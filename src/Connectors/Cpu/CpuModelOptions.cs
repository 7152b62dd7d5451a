namespace Decant.Connectors.Cpu;

/// <summary>How a CPU model is built.</summary>
public sealed record CpuModelOptions
{
    /// <summary>Format of the weights in memory. Default <see cref="WeightFormat.Auto"/>.</summary>
    public WeightFormat Weights { get; init; } = WeightFormat.Auto;

    /// <summary>Threads per forward, the caller's included: 1 … 256; 0 (default) uses every processor.</summary>
    public int Threads { get; init; }

    /// <summary>Largest context, in tokens; null (default) takes the checkpoint's. A larger one than the checkpoint's is refused.</summary>
    public int? ContextLength { get; init; }

    /// <summary>Weights per int8 scale: 32, 64 (default), 128, 256, or 0 for one scale per row (smaller by 3 %, less exact).</summary>
    public int Int8GroupSize { get; init; } = 64;

    /// <summary>
    /// Most tokens of keys and values in memory, for all sequences together, rounded down to pages of 64; at least 64. Where it is reached, prefix caches are emptied and idle
    /// sequences are read again later, bit for bit; who finds no room for ten seconds all the same, or never could, fails. Null (default): as many as the machine holds.
    /// </summary>
    public int? KvTokens { get; init; }

    /// <summary>Throws for values outside their range.</summary>
    /// <exception cref="ArgumentOutOfRangeException">Names the option and the values it takes.</exception>
    internal void Validate()
    {
        if (!Enum.IsDefined(Weights))
            throw new ArgumentOutOfRangeException(nameof(Weights), Weights, "Weights takes Auto, Float32, BFloat16 or Int8.");
        if (Threads is < 0 or > 256)
            throw new ArgumentOutOfRangeException(nameof(Threads), Threads, "Threads takes 0 (every processor) to 256.");
        if (ContextLength is < 1)
            throw new ArgumentOutOfRangeException(nameof(ContextLength), ContextLength, "ContextLength takes 1 or more tokens, or null for the checkpoint's.");
        if (KvTokens is < 64)
            throw new ArgumentOutOfRangeException(nameof(KvTokens), KvTokens, "KvTokens takes 64 or more tokens, or null for no limit.");
        if (Int8GroupSize is not (0 or 32 or 64 or 128 or 256))
            throw new ArgumentOutOfRangeException(nameof(Int8GroupSize), Int8GroupSize, "Int8GroupSize takes 0 (one scale per row), 32, 64, 128 or 256.");
    }
}
