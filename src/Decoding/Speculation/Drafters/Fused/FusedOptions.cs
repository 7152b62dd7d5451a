using System.Text.Json.Serialization;

namespace Decant.Decoding;

/// <summary>
/// Joins two drafters' drafts: a model's, and what another one finds in texts. What the model finds unlikely of the latter is left out, and the rest is put into the model's tree where the two
/// part (RASD, Quan et al. 2025).
/// </summary>
/// <remarks>
/// Half of <see cref="SpeculationOptions.MaxNodes"/> is the second drafter's at most, and what it finds is settled before the first one draws: a number of tokens that depended on what was drawn
/// would bias verifiers. For the same reason retrieved tokens are judged by the distributions that drafted ones were drawn from, never by the tokens that were drawn.
/// </remarks>
public sealed record FusedOptions : SpeculationOptions
{
    /// <inheritdoc/>
    public override string Kind => "fused";

    /// <summary>The first drafter, usually a model. Its drafts must not branch by chance. Must be given, with its own verifier, length, guarantee and forced tokens left at their defaults: this record's count.</summary>
    [JsonConverter(typeof(StrategyConverter<SpeculationOptions>))]
    public SpeculationOptions? Primary { get; init; }

    /// <summary>The second drafter, which must draft without chance, such as <see cref="RetrievalOptions"/> or <see cref="PromptLookupOptions"/>. Must be given, as <see cref="Primary"/>.</summary>
    [JsonConverter(typeof(StrategyConverter<SpeculationOptions>))]
    public SpeculationOptions? Secondary { get; init; }

    /// <summary>
    /// A token of the second drafter must be among so many likeliest ones, and possible, wherever the first drafter has a distribution for its place: everywhere on the first level, and
    /// along what was drafted. Where there is none, such as with a first drafter without a model, all stay. 1 … 1000. Default: 10.
    /// </summary>
    public int PruneTopK { get; init; } = 10;

    /// <inheritdoc/>
    public override void Validate()
    {
        base.Validate();
        CheckPart(Primary, nameof(Primary));
        CheckPart(Secondary, nameof(Secondary));
        Check(PruneTopK is >= 1 and <= 1000, PruneTopK, nameof(PruneTopK), "a number from 1 to 1000");
    }

    internal override SpeculationOptions WithoutSeed() => this with { Primary = Primary?.WithoutSeed(), Secondary = Secondary?.WithoutSeed() };

    /// <inheritdoc/>
    public override IDrafter Compile(PlanContext context)
    {
        var (primary, secondary) = (Primary!.Compile(context), Secondary!.Compile(context));
        if (primary.Law is not (SiblingLaw.Single or SiblingLaw.Deterministic))
            throw new ArgumentException($"{Kind}: {nameof(Primary)} \"{primary.Name}\" may draw tokens beside others for one place ({primary.Law} siblings), and retrieved ones beside them would be verified wrongly. Use one that draws one alone, such as \"draft-model\".");
        if (secondary.Law != SiblingLaw.Deterministic)
            throw new ArgumentException($"{Kind}: {nameof(Secondary)} \"{secondary.Name}\" draws its tokens ({secondary.Law} siblings). Use one that drafts without chance, such as \"retrieval\" or \"prompt-lookup\".");
        return new Drafter(this, primary, secondary);
    }

    private void CheckPart(SpeculationOptions? part, string member)
    {
        Check(part is not null, null, member, "a drafter");
        part!.Validate();
        Check(part.Verifier is null, part.Verifier, member, $"a drafter with {nameof(Verifier)} left out: {Kind}'s own counts");
        Check(part.Length is null, part.Length, member, $"a drafter with {nameof(Length)} left out: {Kind}'s own counts");
        Check(part.Require == Guarantee.Exact, part.Require, member, $"a drafter with {nameof(Require)} left out: {Kind}'s own counts");
        Check(part.Forced, part.Forced, member, $"a drafter with {nameof(Forced)} left out: {Kind}'s own counts");
    }

    private sealed class Drafter(FusedOptions options, IDrafter primary, IDrafter secondary) : IDrafter
    {
        public string Name => options.Kind;

        public SiblingLaw Law => primary.Law == SiblingLaw.Deterministic ? SiblingLaw.Deterministic : SiblingLaw.Mixed;

        public bool Branches => true;

        public bool NeedsContext => primary.NeedsContext || secondary.NeedsContext;

        public Taps? Taps => Taps.Union(primary.Taps, secondary.Taps);

        public IReadOnlyList<string> Models => [.. primary.Models, .. secondary.Models];

        public IDraftRun Open(DraftSetup setup)
        {
            var first = primary.Open(new DraftSetup(setup, [.. setup.Drafts.Take(primary.Models.Count)]));
            return new FusedRun(options, first, secondary.Open(new DraftSetup(setup, [.. setup.Drafts.Skip(primary.Models.Count)])));
        }
    }
}
