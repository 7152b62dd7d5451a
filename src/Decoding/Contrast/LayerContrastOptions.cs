namespace Decant.Decoding;

/// <summary>
/// DoLa: contrasts the last layer with the earlier one that it differs most from at this token, ln p(last) − ln p(earlier), among tokens that are plausible to the last:
/// what the upper layers add is more factual than what was there before. No more forwards, but one output head product per candidate layer.
/// </summary>
/// <remarks>
/// Chuang et al., "DoLa: Decoding by Contrasting Layers Improves Factuality in Large Language Models" (2023). The paper adds a multiplicative repetition penalty of about
/// 1.2, which is a processor here: the answers repeat themselves more without one. Weak on tiny models and on those that share embeddings and head.
/// </remarks>
public sealed record LayerContrastOptions : ContrastOptions
{
    /// <inheritdoc/>
    public override string Kind => "layer-contrast";

    /// <summary>The layers to choose from: 0 is the embedding output, i the output of layer i; below the model's number of layers. Null: those of <see cref="Bucket"/>.</summary>
    public ValueList<int>? CandidateLayers { get; init; }

    /// <summary>The half of the model to choose from. Only without <see cref="CandidateLayers"/>. Null: <see cref="LayerBucket.Low"/>.</summary>
    public LayerBucket? Bucket { get; init; }

    /// <summary>The fraction of the likeliest token's probability that a token must reach at the last layer; 0 (off) … 1. Default: 0.1.</summary>
    public float Plausibility { get; init; } = 0.1f;

    /// <summary>How the layer is chosen. Default: <see cref="LayerDivergence.Jsd"/>.</summary>
    public LayerDivergence Divergence { get; init; }

    /// <summary>
    /// Whether earlier layers go through the model's final norm before the output head, as the last layer does. False computes what the paper's published code does.
    /// Default: true.
    /// </summary>
    public bool ApplyFinalNorm { get; init; } = true;

    /// <inheritdoc/>
    public override void Validate()
    {
        Check(CandidateLayers is null or { Count: > 0 }, CandidateLayers, nameof(CandidateLayers), "at least one layer, or null for those of Bucket");
        Check(CandidateLayers is null || Bucket is null, Bucket, nameof(Bucket), "null where CandidateLayers is set: give one of them");
        Check(Bucket is null || Enum.IsDefined(Bucket.Value), Bucket, nameof(Bucket), "Low or High");
        Check(Plausibility is >= 0 and <= 1, Plausibility, nameof(Plausibility), "from 0 to 1");
        Check(Enum.IsDefined(Divergence), Divergence, nameof(Divergence), "Jsd or ReferenceCode");
    }

    /// <inheritdoc/>
    public override ILogitPolicy Compile(PlanContext context)
        => new LayerContrast(
            EarlyLayers.Of(this, CandidateLayers ?? InBucket(context.Model.LayerCount), nameof(CandidateLayers), context.Model), ApplyFinalNorm, Plausibility, Divergence);

    private ValueList<int> InBucket(int layerCount)
    {
        var even = Enumerable.Range(0, layerCount).Where(layer => layer % 2 == 0);
        return [.. Bucket == LayerBucket.High ? even.Where(layer => 2 * layer >= layerCount) : even.Where(layer => 2 * layer < layerCount)];
    }
}

internal sealed class LayerContrast(ValueList<int> layers, bool finalNorm, float plausibility, LayerDivergence divergence) : ILogitPolicy
{
    private readonly PlausibleFraction _plausibility = new(plausibility);

    public IReadOnlyList<BranchRequest> Branches { get; } = [BranchRequest.Target];

    public Taps Taps { get; } = new() { EarlyExitLayers = layers, EarlyExitNorm = finalNorm };

    public bool ReportsDivergence => true;

    public void Combine(in BranchRows rows, GenerationState state, RowScratch scratch, Span<float> destination, ref RowReport report)
    {
        var last = scratch.Floats(0, destination.Length);
        var early = scratch.Floats(1, destination.Length);
        RowMath.Softmax(rows.Main, last);
        var (best, largest) = (layers[0], float.NegativeInfinity);
        foreach (var layer in layers.Span)
        {
            RowMath.Softmax(rows.EarlyExit(layer), early);
            var distance = divergence == LayerDivergence.Jsd ? RowDivergence.JensenShannon(last, early) : RowDivergence.ReversedMean(last, early);
            if (distance > largest) (best, largest) = (layer, distance);
        }

        (report.Weight, report.Divergence, report.Layer) = (1, largest, best);
        RowMath.Weigh(RowMath.LogSoftmax(rows.Main, last), 1, RowMath.LogSoftmax(rows.EarlyExit(best), early), -1, destination);
    }

    public void Mask(in BranchRows rows, RowScratch scratch, Span<float> destination, ref RowReport report)
        => _plausibility.Mask(rows.Main, scratch, destination, ref report);
}
