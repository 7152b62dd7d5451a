using System.Text.Json.Serialization;

namespace Decant.Decoding;

/// <summary>
/// Chooses round by round who drafts and how much: no draft, or one of several drafters at one of several lengths, by the tokens per millisecond that each has given in calls of the
/// same kind. Losers are tried again ever more rarely, and what trying costs is kept to a fortieth of the time that the call would take without drafts.
/// </summary>
/// <remarks>
/// What is learned stays with the client's <see cref="DecodingServices"/>: calls of one model that set the same slots (sampling, contrast, processors, constraints, documents) and
/// choose from the same drafters share it; after 256 kinds of calls it is learned anew. With <see cref="TokenMatchOptions"/> the choice never changes a text, though it depends on a clock; with other verifiers a seed's text
/// then depends on that clock too, and its distribution does not.
/// </remarks>
public sealed record AutoSpeculationOptions : SpeculationOptions
{
    /// <inheritdoc/>
    public override string Kind => "auto";

    /// <summary>A model that may draft, in place of <see cref="Drafters"/>: it is chosen from beside prompt lookup. Null: prompt lookup alone.</summary>
    public string? Model { get; init; }

    /// <summary>What is chosen from, besides no draft; 1 … 8 drafters. They leave verifier, length and limits to this record. Null: prompt lookup, and <see cref="Model"/> if it is named.</summary>
    [JsonConverter(typeof(StrategyListConverter<SpeculationOptions>))]
    public ValueList<SpeculationOptions>? Drafters { get; init; }

    /// <summary>The lengths that every drafter is tried with; 1 … 8 numbers from 1 to 64. Default: 2 and 6.</summary>
    public ValueList<int> Lengths { get; init; } = [2, 6];

    /// <inheritdoc/>
    public override void Validate()
    {
        base.Validate();
        Check(Model is not "", Model, nameof(Model), "the name of a model, or null");
        Check(Model is null || Drafters is null, Drafters, nameof(Drafters), "null where Model is given: name the model in one of them");
        Check(Drafters is null or { Count: >= 1 and <= 8 }, Drafters?.Count, nameof(Drafters), "1 to 8 drafters");
        Check(Lengths.Count is >= 1 and <= 8 && Lengths.All(length => length is >= 1 and <= 64), Lengths, nameof(Lengths), "1 to 8 numbers from 1 to 64");
        foreach (var drafter in Drafters ?? [])
        {
            Check(drafter is not AutoSpeculationOptions, drafter.Kind, nameof(Drafters), "drafters other than \"auto\" itself");
            Check(drafter is { Verifier: null, Length: null, Require: Guarantee.Exact, MaxNodes: 64, Forced: true }, drafter, nameof(Drafters), $"drafters with defaults for verifier, length, require, max_nodes and forced (\"{drafter.Kind}\" has others): set them on \"auto\"");
            drafter.Validate();
        }
    }

    /// <inheritdoc/>
    public override IDrafter Compile(PlanContext context)
    {
        var verifier = Verifier ?? new TokenMatchOptions();
        var supports = verifier.Compile(context);
        var drafters = Choices.Select(drafter => drafter.Compile(context)).ToList();
        if (drafters.Find(drafter => !supports.Supports(drafter.Law)) is { } biased)
            throw new ArgumentException($"{Kind}: the verifier \"{verifier.Kind}\" would be biased with drafts of \"{biased.Name}\" ({biased.Law} siblings). Leave it out of {nameof(Drafters)}, or use \"token-match\", which goes with all.");
        var laws = drafters.Select(drafter => drafter.Law).ToList();
        if (laws.Contains(SiblingLaw.Independent) && laws.Contains(SiblingLaw.WithoutReplacement) && !Enum.GetValues<SiblingLaw>().All(supports.Supports))
            throw new ArgumentException($"{Kind}: the verifier \"{verifier.Kind}\" takes drafts whose siblings are drawn independently or without replacement, but not both from one of {nameof(Drafters)} and another. Leave one kind out, or use \"token-match\", which goes with all.");
        return new Drafter(this, drafters, context);
    }

    private IEnumerable<SpeculationOptions> Choices => Drafters ?? (Model is null
        ? [new PromptLookupOptions { MaxTokens = 64 }]
        : [new PromptLookupOptions { MaxTokens = 64 }, new DraftModelOptions { Model = Model, MaxTokens = 64 }]);

    private sealed class Drafter(AutoSpeculationOptions options, List<IDrafter> drafters, PlanContext context) : IDrafter
    {
        private readonly DecodingServices _services = context.Services;
        private readonly string _class = string.Join('|', ((string?[])[
            .. options.Choices.Select(choice => choice.WithoutSeed().ToString()), string.Join(',', options.Lengths), context.Options.Contrast?.Kind, context.Options.Sampling?.Kind,
            context.Options.Processors is { Count: > 0 } ? "processors" : null, context.Options.Constraints is { Count: > 0 } ? "constraints" : null,
            context.DocumentScores.Count > 0 ? "documents" : null]).Select(part => part ?? ""));

        public string Name => options.Kind;

        public SiblingLaw Law { get; } = Joint([.. drafters.Select(drafter => drafter.Law)]);

        public bool Branches => drafters.Exists(drafter => drafter.Branches);

        public bool NeedsContext => drafters.Exists(drafter => drafter.NeedsContext);

        public Taps? Taps => drafters.Aggregate((Taps?)null, (taps, drafter) => Decoding.Taps.Union(taps, drafter.Taps));

        public IReadOnlyList<string> Models { get; } = [.. drafters.SelectMany(drafter => drafter.Models)];

        public IDraftRun Open(DraftSetup setup)
        {
            var table = ChoiceTable.Of(_services, $"{setup.Request.Sequence.Model.Info.Name}|{_class}", drafters.Count, options.Lengths);
            var taken = 0;
            var runs = new List<AutoDrafter>();
            foreach (var drafter in drafters)
            {
                BranchSource[] sources = [.. setup.Drafts.Skip(taken).Take(drafter.Models.Count)];
                taken += sources.Length;
                runs.Add(new AutoDrafter(drafter.Name, drafter.Open(new DraftSetup(setup, sources)), sources));
            }

            return new AutoRun(runs, table, setup);
        }

        // What verifiers must know of one drafter's siblings holds for drafts of the others too: one without siblings is a case of every law, and the mixed one covers all but several draws.
        private static SiblingLaw Joint(IReadOnlyList<SiblingLaw> laws)
        {
            if (laws.Contains(SiblingLaw.WithoutReplacement)) return SiblingLaw.WithoutReplacement;
            if (laws.Contains(SiblingLaw.Independent)) return SiblingLaw.Independent;
            return laws.All(law => law == laws[0]) ? laws[0] : SiblingLaw.Mixed;
        }
    }
}
