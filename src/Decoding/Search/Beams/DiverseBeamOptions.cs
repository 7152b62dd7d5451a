namespace Decant.Decoding;

/// <summary>Diverse beam search: beams in groups, of which each avoids, at every token, what those before it have chosen there. For several answers that differ early and not only in their last words.</summary>
/// <remarks>
/// <para>Source: Vijayakumar and others, "Diverse Beam Search: Decoding Diverse Solutions from Neural Sequence Models", 2018, with the Hamming diversity. A group ranks continuations by log-probability −
/// <see cref="Diversity"/> · (how many hypotheses of groups before it go on with the same token now). The penalty counts for that choice only: log-probabilities and scores are without it.</para>
/// <para>Each group stops by itself, as <see cref="BeamOptions"/> does; the answers are the best of all groups' texts, each text once for each group that found it. One group is <see cref="BeamOptions"/>.</para>
/// </remarks>
public sealed record DiverseBeamOptions : BeamSearchOptions
{
    /// <inheritdoc/>
    public override string Kind => "diverse-beam";

    /// <summary>Beginnings to keep, of all groups together; 1 … 64. Default: 6.</summary>
    public int Beams { get; init; } = 6;

    /// <summary>Groups of equal size; 1 … <see cref="Beams"/>, a divisor of it. Default: 3.</summary>
    public int Groups { get; init; } = 3;

    /// <summary>λ: what it costs to go on as another group does; 0 … 1000. 0 makes all groups the same. Default: 0.5.</summary>
    public double Diversity { get; init; } = 0.5;

    /// <inheritdoc/>
    public override void Validate()
    {
        Check(Beams is >= 1 and <= MaxBeams, Beams, nameof(Beams), "from 1 to 64");
        Check(Groups >= 1 && Groups <= Beams && Beams % Groups == 0, Groups, nameof(Groups), $"a divisor of {nameof(Beams)}");
        Check(Diversity is >= 0 and <= 1000, Diversity, nameof(Diversity), "a number from 0 to 1000");
        Validate(Beams);
    }

    /// <inheritdoc/>
    public override ISearch Compile(PlanContext context) => Compile(context, Beams, Groups, Diversity);
}
