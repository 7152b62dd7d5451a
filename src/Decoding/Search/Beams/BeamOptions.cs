namespace Decant.Decoding;

/// <summary>Beam search: of all continuations of the likeliest beginnings, the likeliest stay. Finds texts that greedy decoding passes by; nothing is drawn.</summary>
/// <remarks>
/// <para>As Hugging Face's <c>generate</c> does it: of the 2 · beams best continuations, those that end a text and rank among the first beams are kept aside, and the best of the others go on. Likeliness is that of
/// the plan's distribution; where sampling is greedy, that at temperature 1. Texts that a limit cuts off compete with the others. With one beam and no length penalty it is greedy decoding, token for token; with as
/// many beams as all beginnings of a length have continuations, and <see cref="EarlyStopping.Never"/>, it is exact.</para>
/// <para>All beams run in one forward per token, over one copy of the prompt. The answer comes when the search has ended.</para>
/// </remarks>
public sealed record BeamOptions : BeamSearchOptions
{
    /// <inheritdoc/>
    public override string Kind => "beam";

    /// <summary>Beginnings to keep; 1 … 64. Default: 4.</summary>
    public int Beams { get; init; } = 4;

    /// <inheritdoc/>
    public override void Validate()
    {
        Check(Beams is >= 1 and <= MaxBeams, Beams, nameof(Beams), "from 1 to 64");
        Validate(Beams);
    }

    /// <inheritdoc/>
    public override ISearch Compile(PlanContext context) => Compile(context, Beams, groups: 1, diversity: 0);
}
