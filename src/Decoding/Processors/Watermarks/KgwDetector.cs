namespace Decant.Decoding;

/// <summary>Finds the watermark of <see cref="KgwOptions"/> in tokens. Needs the key, not the model. Safe for concurrent use.</summary>
/// <param name="options">The options that the text may have been written with; <see cref="KgwOptions.Delta"/> does not matter.</param>
public sealed class KgwDetector(KgwOptions options)
{
    private readonly GreenList _green = new(Validated(options));

    /// <summary>Counts green tokens: z = (g − γT) / √(Tγ(1 − γ)).</summary>
    /// <param name="tokens">A text's token ids, without its prompt. Every pair of neighbours is counted once, however often it occurs: repetitions prove nothing new.</param>
    public WatermarkEvidence Detect(ReadOnlySpan<int> tokens)
    {
        var pairs = new HashSet<(int, int)>();
        var green = 0;
        for (var i = 1; i < tokens.Length; i++)
        {
            if (pairs.Add((tokens[i - 1], tokens[i])) && _green.Contains(_green.Seed(tokens[i - 1]), tokens[i])) green++;
        }

        return Evidence(green, pairs.Count, options.Gamma);
    }

    internal static WatermarkEvidence Evidence(int green, int scored, double gamma) => scored == 0
        ? new WatermarkEvidence(0, 0, gamma, 0)
        : new WatermarkEvidence(scored, (double)green / scored, gamma, (green - (gamma * scored)) / Math.Sqrt(scored * gamma * (1 - gamma)));

    private static KgwOptions Validated(KgwOptions options)
    {
        ArgumentNullException.ThrowIfNull(options);
        options.Validate();
        return options;
    }
}
