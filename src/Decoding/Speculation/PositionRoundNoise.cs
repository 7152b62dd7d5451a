namespace Decant.Decoding;

/// <summary>A round's chance from the request's noise. Every round has noise of its own: what a draft was made with must not be used again after it was rejected.</summary>
internal sealed class PositionRoundNoise : RoundNoise
{
    private const int DecisionStream = 2;
    private PositionNoise _request;
    private ulong _key;
    private int _lane;

    /// <summary>Begins a round.</summary>
    /// <param name="request">The request's noise.</param>
    /// <param name="position">Index of the token that follows the text: each round has another.</param>
    public void Open(PositionNoise request, int position) => (_request, _key, _lane) = (request, request.Key(position, DecisionStream), 0);

    public override int DrawTarget(TokenDistribution target, int position) => Sampler.Draw(target, _request, position);

    public override int DrawShared(TokenDistribution proposal, int position) => Sampler.Draw(proposal, _request, position);

    public override double Uniform() => PositionNoise.Uniform(_key, _lane++);

    public override bool Accept(double probability) => Uniform() < probability;

    public override int Draw(ReadOnlySpan<double> weights)
    {
        var total = 0.0;
        foreach (var weight in weights) total += weight;
        var at = Uniform() * total;
        var last = -1;
        for (var i = 0; i < weights.Length; i++)
        {
            if (weights[i] <= 0) continue;
            last = i;
            at -= weights[i];
            if (at < 0) return i;
        }

        return last >= 0 ? last : throw new ArgumentException("No weight is positive.", nameof(weights));
    }

    public override int Draw(TokenDistribution distribution)
    {
        var ids = distribution.Ids;
        var probabilities = distribution.Probabilities;
        var total = 0.0;
        foreach (var probability in probabilities) total += probability;
        var at = Uniform() * total;
        var last = ids[0];
        for (var i = 0; i < ids.Length; i++)
        {
            if (probabilities[i] <= 0) continue;
            last = ids[i];
            at -= probabilities[i];
            if (at < 0) break;
        }

        return last;
    }
}
