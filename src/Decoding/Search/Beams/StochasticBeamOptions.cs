namespace Decant.Decoding;

/// <summary>Stochastic beam search: draws K whole texts without replacement, so that no two are the same. For several answers that are as different as the model's own doubt.</summary>
/// <remarks>
/// <para>Source: Kool, van Hoof and Welling, "Stochastic Beams and Where to Find Them: The Gumbel-Top-k Trick for Sampling Sequences Without Replacement", 2019. Every text has a perturbed log-probability (its own plus
/// Gumbel noise), and the search finds the K texts of all where it is largest, at the cost of a beam search of K beams. That is exact: texts are drawn one after the other, each in proportion to its probability among
/// those that are left. A text that a limit cuts off counts as one.</para>
/// <para>All texts are answers, those drawn first come first, and a text's score is its perturbed log-probability. With K = 1 it is plain decoding, token for token. Needs sampling that draws.</para>
/// </remarks>
public sealed record StochasticBeamOptions : SearchOptions
{
    /// <inheritdoc/>
    public override string Kind => "stochastic-beam";

    /// <summary>Texts to draw; 1 … 64. There may be fewer where there are no more. Default: 4.</summary>
    public int K { get; init; } = 4;

    /// <inheritdoc/>
    public override void Validate() => Check(K is >= 1 and <= 64, K, nameof(K), "from 1 to 64");

    /// <inheritdoc/>
    public override ISearch Compile(PlanContext context)
    {
        ArgumentNullException.ThrowIfNull(context);
        context.Require(Kind, ModelCapabilities.Fork);
        context.RequireDraws(Kind);
        return new BeamSearch(run => new PerturbedBeam(run, K), K);
    }
}

/// <summary>A beam of the largest perturbed log-probabilities. A hypothesis' score is its own, the largest of all its continuations'.</summary>
internal sealed class PerturbedBeam(SearchRun run, int count) : BeamRun(run)
{
    private const int Kept = -1;
    private readonly TopContinuations _row = new(count);
    private readonly TopContinuations _best = new(count);
    private List<Hypothesis> _ended = [];

    protected override IEnumerable<Hypothesis> Ended => _ended.OrderByDescending(text => text.Score);

    protected override void Read(int index, ReadOnlySpan<float> logits, BranchStep step)
    {
        // The same noise as in plain decoding for the first hypothesis, and noise of its own for each other.
        var (hypothesis, noise) = (Open[index], Run.State.Noise.Derive(index));
        var key = noise.Key(hypothesis.State.Position, PositionNoise.DrawStream);
        var ids = hypothesis.Row.Ids;
        var probabilities = hypothesis.Row.Probabilities;
        _row.Clear();
        var slowest = double.PositiveInfinity;
        for (var i = 0; i < ids.Length; i++)
        {
            // ln p + Gumbel is −ln of the time (−ln u) / p. Since −ln u ≥ 1 − u, most tokens lose without a logarithm.
            var uniform = PositionNoise.Uniform(key, ids[i]);
            if (probabilities[i] <= 0 || 1 - uniform >= slowest * probabilities[i]) continue;
            var time = -Math.Log(uniform) / probabilities[i];
            _row.Offer(new Continuation(index, ids[i], hypothesis.LogProbability + Math.Log(probabilities[i]), hypothesis.LogProbability - Math.Log(time)));
            if (_row.Kept.Length == count) slowest = Math.Exp(hypothesis.LogProbability - _row.Kept[^1].Score);
        }

        var largest = _row.Kept[0].Score;
        var parent = hypothesis.State.Generated.IsEmpty ? largest : hypothesis.Score;
        foreach (var child in _row.Kept) _best.Offer(child with { Score = Conditional(parent, largest, child.Score) });
    }

    protected override ValueTask SelectAsync(List<Continuation> chosen, CancellationToken cancellationToken)
    {
        for (var i = 0; i < _ended.Count; i++) _best.Offer(new Continuation(Kept, i, _ended[i].LogProbability, _ended[i].Score));
        List<Hypothesis> kept = [];
        foreach (var each in _best.Kept)
        {
            if (each.Parent == Kept) kept.Add(_ended[each.Token]);
            else chosen.Add(each);
        }

        _ended = kept;
        _best.Clear();
        return ValueTask.CompletedTask;
    }

    protected override void End(Hypothesis text) => _ended.Add(text);

    // Each of the count texts is an answer, so none is hopeless.
    protected override void Settle()
    {
    }

    /// <summary>A perturbed log-probability, given that the largest among its siblings is the parent's: −ln(e^−parent − e^−largest + e^−own), without overflow.</summary>
    internal static double Conditional(double parent, double largest, double own)
    {
        var v = parent - own + LogOneMinusExp(own - largest);
        return parent - Math.Max(0, v) - Math.Log(1 + Math.Exp(-Math.Abs(v)));
    }

    // ln(1 − e^x) for x ≤ 0.
    private static double LogOneMinusExp(double x) => x > -1e-6 ? Math.Log(-x) : Math.Log(1 - Math.Exp(x));
}
