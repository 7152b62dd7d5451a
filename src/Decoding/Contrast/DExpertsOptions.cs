using System.Numerics.Tensors;

namespace Decant.Decoding;

/// <summary>
/// DExperts: <see cref="ProxyTuningOptions"/> among the tokens that the model itself keeps at a top-p. An expert and an anti-expert that were tuned in opposite directions
/// (polite and rude) steer it.
/// </summary>
/// <remarks>
/// Liu et al., "DExperts: Decoding-Time Controlled Text Generation with Experts and Anti-Experts" (2021). The experts do not run for a token that the top-p leaves no
/// choice of.
/// </remarks>
public sealed record DExpertsOptions : ContrastOptions
{
    /// <inheritdoc/>
    public override string Kind => "dexperts";

    /// <summary>The registered expert model; it must share the tokenizer.</summary>
    public string Expert { get; init; } = "";

    /// <summary>The registered anti-expert model; it must share the tokenizer.</summary>
    public string AntiExpert { get; init; } = "";

    /// <summary>How strongly their difference counts; 0 … 4. Default: 2.</summary>
    public float Alpha { get; init; } = 2;

    /// <summary>Keep the shortest run of the model's own likeliest tokens whose probabilities sum to at least this much; above 0, at most 1 (all). Default: 0.9.</summary>
    public float BaseTopP { get; init; } = 0.9f;

    /// <inheritdoc/>
    public override void Validate()
    {
        Check(Expert is { Length: > 0 }, Expert, nameof(Expert), "the name of a model with the same tokenizer");
        Check(AntiExpert is { Length: > 0 }, AntiExpert, nameof(AntiExpert), "the name of a model with the same tokenizer");
        Check(Alpha is >= 0 and <= 4, Alpha, nameof(Alpha), "from 0 to 4");
        Check(BaseTopP is > 0 and <= 1, BaseTopP, nameof(BaseTopP), "above 0 and at most 1");
    }

    /// <inheritdoc/>
    public override ILogitPolicy Compile(PlanContext context) => ProxyTuningOptions.Policy(Expert, AntiExpert, Alpha, BaseTopP < 1 ? new PlausibleNucleus(BaseTopP) : null);
}

/// <summary>The plausible tokens are those that top-p keeps.</summary>
internal sealed class PlausibleNucleus(float topP) : IPlausibility
{
    private readonly TruncatedSampler _nucleus = new(new SamplingOptions { TopP = topP }, []);

    public void Mask(ReadOnlySpan<float> trusted, RowScratch scratch, Span<float> destination, ref RowReport report)
    {
        var kept = Kept(trusted, scratch);
        if (kept.IsEmpty) return;
        RowMath.KeepOnly(kept, destination, scratch);
        report.ImplausibleCount = destination.Length - kept.Length;
    }

    public int? Settle(ReadOnlySpan<float> trusted, RowScratch scratch) => Kept(trusted, scratch) is [var only] ? only : null;

    // None for a row that no token can be drawn from: that is for the draw to say.
    private ReadOnlySpan<int> Kept(ReadOnlySpan<float> trusted, RowScratch scratch)
    {
        var best = TensorPrimitives.IndexOfMax(trusted);
        if (!float.IsFinite(trusted[best])) return [];
        scratch.Distribution.Best = best;
        _nucleus.Fill(trusted, scratch.Distribution, excludes: false);
        return scratch.Distribution.Ids;
    }
}
