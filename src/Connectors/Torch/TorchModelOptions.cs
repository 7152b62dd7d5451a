namespace Decant.Connectors.Torch;

/// <summary>How a Torch model is built.</summary>
public sealed record TorchModelOptions
{
    /// <summary>
    /// Devices, such as <c>cpu</c>, <c>cuda:0</c>. Layers are placed over several in order, in equal numbers: the first also embeds, the last
    /// also has the output head. Empty (default): the first CUDA device, or the CPU when there is none.
    /// </summary>
    public IReadOnlyList<string> Devices { get; init; } = [];

    /// <summary>Format of the weights. Default <see cref="TorchWeightFormat.Auto"/>.</summary>
    public TorchWeightFormat Weights { get; init; } = TorchWeightFormat.Auto;

    /// <summary>Largest context, in tokens; null (default) takes the checkpoint's. A larger one than the checkpoint's is refused.</summary>
    public int? ContextLength { get; init; }

    /// <summary>Rows of cache, for all sequences together, to make room for at the start; at least 64. More are added when needed. Default: 4,096.</summary>
    public int CacheTokens { get; init; } = 4096;

    /// <summary>
    /// Most rows of cache, for all sequences together, rounded down to pages of 64; at least 64. Where it is reached, prefix caches are emptied and idle sequences are read again
    /// later (not in float32 on one device, where gradients may have moved rows); who finds no room for ten seconds all the same, or never could, fails. Null (default): as many as the devices hold.
    /// </summary>
    public int? KvTokens { get; init; }

    /// <summary>Throws for values outside their range.</summary>
    /// <exception cref="ArgumentException">Names the option and the values it takes.</exception>
    internal void Validate()
    {
        if (!Enum.IsDefined(Weights))
            throw new ArgumentOutOfRangeException(nameof(Weights), Weights, "Weights takes Auto, Float32, BFloat16, Float16 or Int8.");
        if (ContextLength is < 1)
            throw new ArgumentOutOfRangeException(nameof(ContextLength), ContextLength, "ContextLength takes 1 or more tokens, or null for the checkpoint's.");
        if (CacheTokens < 64)
            throw new ArgumentOutOfRangeException(nameof(CacheTokens), CacheTokens, "CacheTokens takes 64 or more rows.");
        if (KvTokens is < 64)
            throw new ArgumentOutOfRangeException(nameof(KvTokens), KvTokens, "KvTokens takes 64 or more rows, or null for no limit.");
        ArgumentNullException.ThrowIfNull(Devices);
        foreach (var device in Devices)
        {
            if (device is not ("cpu" or "cuda") && !(device?.StartsWith("cuda:", StringComparison.Ordinal) == true && byte.TryParse(device.AsSpan(5), out _)))
                throw new ArgumentException($"Devices holds '{device}'. It takes cpu, cuda or cuda:N.", nameof(Devices));
        }
    }
}
