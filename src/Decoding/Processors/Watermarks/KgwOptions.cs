namespace Decant.Decoding;

/// <summary>
/// The watermark of Kirchenbauer et al. (2023): the previous token and a secret key divide the vocabulary into a green and a red part, and green tokens are favoured. Who has the key
/// finds it with <see cref="KgwDetector"/>.
/// </summary>
/// <remarks>
/// A token is green by a keyed hash of its own rather than by a permutation of the vocabulary, so the green part is Gamma of the vocabulary on average. Forced tokens and
/// narrow constraints leave no choice and dilute the watermark. The key is written with the options: whoever reads them, or a log or cache of them, can remove the watermark.
/// </remarks>
public sealed record KgwOptions : ProcessorOptions
{
    /// <inheritdoc/>
    public override string Kind => "kgw";

    /// <summary>The secret; required.</summary>
    public string Key { get; init; } = "";

    /// <summary>The green fraction γ of the vocabulary; above 0, below 1. Default: 0.5.</summary>
    public double Gamma { get; init; } = 0.5;

    /// <summary>Added to the logits of green tokens; 0 … 100, 0 changes nothing. Default: 2.</summary>
    public float Delta { get; init; } = 2;

    /// <inheritdoc/>
    public override void Validate()
    {
        Check(!string.IsNullOrEmpty(Key), Key, nameof(Key), "a secret text that the detector is given too");
        Check(Gamma is > 0 and < 1, Gamma, nameof(Gamma), "above 0 and below 1");
        Check(Delta is >= 0 and <= 100, Delta, nameof(Delta), "from 0 to 100");
    }

    /// <inheritdoc/>
    public override IRowProcessor Compile(PlanContext context) => new KgwWatermark(new GreenList(this), Delta);
}

internal sealed class KgwWatermark(GreenList green, float delta) : StatelessProcessor, ILogitProcessor
{
    public void Apply(GenerationState state, Span<float> logits)
    {
        if (state.Position == 0) return;
        var seed = green.Seed(state.Tokens[^1]);
        for (var id = 0; id < logits.Length; id++)
        {
            if (green.Contains(seed, id)) logits[id] += delta;
        }
    }
}

/// <summary>Which tokens are green after which.</summary>
internal sealed class GreenList(KgwOptions options)
{
    private readonly WatermarkHash _hash = new(options.Key);
    private readonly ulong _threshold = (ulong)(options.Gamma * Math.ScaleB(1, 64));

    public ulong Seed(int previous) => _hash.Seed([previous]);

    public bool Contains(ulong seed, int token) => WatermarkHash.Bits(seed, token) < _threshold;
}
