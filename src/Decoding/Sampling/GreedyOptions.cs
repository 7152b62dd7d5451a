namespace Decant.Decoding;

/// <summary>Always takes the likeliest token, the lowest id among equals.</summary>
public sealed record GreedyOptions : SamplerOptions
{
    /// <inheritdoc/>
    public override string Kind => "greedy";

    internal override bool IsGreedy => true;

    /// <inheritdoc/>
    public override SamplerOptions Complete(SamplingOptions members)
    {
        if (!members.IsGreedy && members with { Seed = null } != new SamplingOptions())
            throw new ArgumentException($"sampling \"{Kind}\" always takes the likeliest token, so {members.NamesOfSet()} would have no effect. Remove one of the two.");
        return this with { Seed = Seed ?? members.Seed };
    }

    /// <inheritdoc/>
    public override ISampler Compile(PlanContext context) => new TruncatedSampler(new SamplingOptions { Temperature = 0 }, []);
}
