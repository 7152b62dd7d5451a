namespace Decant.Decoding;

/// <summary>
/// The watermark of SynthID-Text (Dathathri et al. 2024), as a tournament of <see cref="Depth"/> rounds over the truncated distribution: keyed hashes g ∈ {0, 1} of the last tokens and the
/// candidate change every probability to p(1 + g − Σgp). Averaged over keys the distribution is unchanged. Found with <see cref="SynthIdDetector"/>.
/// </summary>
/// <remarks>
/// A context that the answer has met before gets no watermark, so that no text is written twice by the same numbers. Runs after temperature and truncation; its cost grows with the candidates
/// that are left times the depth, so truncate. Cannot act on a greedy sampler. The key is written with the options: whoever reads them, or a log or cache of them, can remove the watermark.
/// </remarks>
public sealed record SynthIdOptions : ProcessorOptions
{
    /// <inheritdoc/>
    public override string Kind => "synth-id";

    /// <summary>The secret; required.</summary>
    public string Key { get; init; } = "";

    /// <summary>The candidate and the tokens before it that are hashed together; 2 … 16. Default: 5.</summary>
    public int NgramLen { get; init; } = 5;

    /// <summary>Rounds of the tournament; 1 … 64. Default: 30.</summary>
    public int Depth { get; init; } = 30;

    /// <inheritdoc/>
    public override void Validate()
    {
        Check(!string.IsNullOrEmpty(Key), Key, nameof(Key), "a secret text that the detector is given too");
        Check(NgramLen is >= 2 and <= 16, NgramLen, nameof(NgramLen), "from 2 to 16");
        Check(Depth is >= 1 and <= 64, Depth, nameof(Depth), "from 1 to 64");
    }

    /// <inheritdoc/>
    public override IRowProcessor Compile(PlanContext context)
    {
        var sampling = context.Options.Sampling ?? new SamplingOptions();
        if (sampling.IsGreedy)
            throw new ArgumentException($"The processor \"{Kind}\" needs draws to leave its watermark in, but sampling \"{sampling.Kind}\" always takes the likeliest token here. Set a temperature above 0, or use \"kgw\".");
        if (sampling is MirostatOptions)
            throw new ArgumentException($"The processor \"{Kind}\" changes the probabilities whose surprise sampling \"{sampling.Kind}\" steers by. Use \"sample\", or the watermark \"kgw\".");
        if (context.Options.Search is { Draws: false } search)
            throw new ArgumentException($"The processor \"{Kind}\" needs draws to leave its watermark in, but the search \"{search.Kind}\" draws nothing. Use \"kgw\", or leave the search out.");
        return new SynthIdWatermark(new WatermarkHash(Key), NgramLen - 1, Depth);
    }
}

internal sealed class SynthIdWatermark(WatermarkHash hash, int contextLength, int depth) : StatelessProcessor, IDistributionProcessor
{
    private ulong[] _bits = [];

    public void Apply(GenerationState state, ReadOnlySpan<int> ids, Span<float> probabilities)
    {
        if (state.Position < contextLength || IsRepeated(state.Tokens, Math.Max(0, state.PromptLength - contextLength), contextLength)) return;
        var seed = hash.Seed(state.Tokens[^contextLength..]);
        if (_bits.Length < ids.Length) _bits = new ulong[Math.Max(ids.Length, 2 * _bits.Length)];
        for (var i = 0; i < ids.Length; i++) _bits[i] = WatermarkHash.Bits(seed, ids[i]);
        for (var round = 0; round < depth; round++) Round(_bits.AsSpan(0, ids.Length), round, probabilities);
    }

    public override IRowProcessor Fork() => new SynthIdWatermark(hash, contextLength, depth);

    /// <summary>Whether the last tokens have already been the context of an earlier one.</summary>
    /// <param name="tokens">All tokens.</param>
    /// <param name="first">Where the first context began.</param>
    /// <param name="contextLength">Length of a context.</param>
    public static bool IsRepeated(ReadOnlySpan<int> tokens, int first, int contextLength) => tokens[first..^1].IndexOf(tokens[^contextLength..]) >= 0;

    /// <summary>One round: candidates whose bit is set gain what those without it lose.</summary>
    public static void Round(ReadOnlySpan<ulong> bits, int round, Span<float> probabilities)
    {
        var mass = 0.0;
        for (var i = 0; i < probabilities.Length; i++) mass += probabilities[i] * (double)(bits[i] >> round & 1);

        // Rounding may leave a mass a little above one: what is impossible must not become less than that, even if only by its sign.
        for (var i = 0; i < probabilities.Length; i++) probabilities[i] *= (float)Math.Max(0, 1 + (bits[i] >> round & 1) - mass);
    }
}
