namespace Decant.Decoding;

/// <summary>Finds the watermark of <see cref="SynthIdOptions"/> in tokens: the weighted mean of g. Needs the key, not the model. Safe for concurrent use.</summary>
public sealed class SynthIdDetector
{
    private readonly WatermarkHash _hash;
    private readonly int _contextLength;
    private readonly double[] _weights;

    /// <summary>Creates a detector.</summary>
    /// <param name="options">The options that the text may have been written with.</param>
    public SynthIdDetector(SynthIdOptions options)
    {
        ArgumentNullException.ThrowIfNull(options);
        options.Validate();
        _hash = new WatermarkHash(options.Key);
        _contextLength = options.NgramLen - 1;

        // Later rounds find less to choose from and leave less: their weights fall from 10 to 1.
        _weights = [.. Enumerable.Range(0, options.Depth).Select(round => options.Depth == 1 ? 1 : 10 - (9.0 * round / (options.Depth - 1)))];
    }

    /// <summary>Scores a text. A context counts once, as it was marked once.</summary>
    /// <param name="tokens">Its token ids, without its prompt.</param>
    public WatermarkEvidence Detect(ReadOnlySpan<int> tokens)
    {
        var (scored, sum) = (0, 0.0);
        for (var i = _contextLength; i < tokens.Length; i++)
        {
            if (SynthIdWatermark.IsRepeated(tokens[..i], 0, _contextLength)) continue;
            var bits = WatermarkHash.Bits(_hash.Seed(tokens[(i - _contextLength)..i]), tokens[i]);
            for (var round = 0; round < _weights.Length; round++) sum += _weights[round] * (bits >> round & 1);
            scored++;
        }

        if (scored == 0) return new WatermarkEvidence(0, 0, 0.5, 0);

        // Without the watermark every g is a fair coin: the mean of weights w has the variance Σw² / 4(Σw)² for one token.
        var total = _weights.Sum();
        var deviation = Math.Sqrt(_weights.Sum(weight => weight * weight) / scored) / (2 * total);
        var mean = sum / (scored * total);
        return new WatermarkEvidence(scored, mean, 0.5, (mean - 0.5) / deviation);
    }
}
