namespace Decant.Decoding;

/// <summary>What to generate from, how, and how much.</summary>
public sealed record GenerationRequest
{
    /// <summary>The sequence to extend. The caller owns it and leaves it alone until the generation ends.</summary>
    public required ISequence Sequence { get; init; }

    /// <summary>The ids that <see cref="Sequence"/> already holds; as many as its length. Default: none.</summary>
    public ReadOnlyMemory<int> Cached { get; init; }

    /// <summary>The ids still to run, following <see cref="Cached"/>; at least one.</summary>
    public required ReadOnlyMemory<int> Prompt { get; init; }

    /// <summary>How to decode. Default: draws at temperature 1, nothing cut off, a fresh seed.</summary>
    public DecodingPlan Plan { get; init; } = DecodingPlan.Compile(new DecodingOptions());

    /// <summary>The branches that <see cref="Plan"/> asks for (<see cref="DecodingPlan.Branches"/>), in that order. Default: none.</summary>
    public IReadOnlyList<BranchSource> Branches { get; init; } = [];

    /// <summary>
    /// Which tokens of the prompt (<see cref="Cached"/> and <see cref="Prompt"/> together) are the documents that the answer is to be grounded in. Null: none; a search
    /// or drafter that needs them then refuses.
    /// </summary>
    public TokenRange? ContextTokens { get; init; }

    /// <summary>A sequence for each model that drafts (<see cref="SpeculationPlan.Drafter"/>'s <see cref="IDrafter.Models"/>), with the target's prompt, in that order. Default: none.</summary>
    public IReadOnlyList<BranchSource> Drafts { get; init; } = [];

    /// <summary>A sequence for each model besides the target that a route chooses from (<see cref="IRoute.Models"/>), with the target's prompt, in that order. Default: none.</summary>
    public IReadOnlyList<BranchSource> Routes { get; init; } = [];

    /// <summary>Counts what a route does. Default: a new one.</summary>
    public RouteCounter Route { get; init; } = new();

    /// <summary>Counts what speculation does. Default: a new one.</summary>
    public SpeculationCounter Speculation { get; init; } = new();

    /// <summary>Counts what rewards do. Default: a new one.</summary>
    public RewardCounter Rewards { get; init; } = new();

    /// <summary>Whether searches that give their text at the end report the best one so far in between (<see cref="GeneratedToken.Progress"/>). Default: no.</summary>
    public bool ReportsProgress { get; init; }

    /// <summary>The chance of each round, in place of the seed's.</summary>
    internal Func<GenerationState, RoundNoise>? RoundNoise { get; init; }

    /// <summary>Counts the forwards. Default: a new one.</summary>
    public ForwardCounter Counter { get; init; } = new();

    /// <summary>Counts and times constraints' masks. Default: nobody does.</summary>
    public MaskCounter? Masks { get; init; }

    /// <summary>Receives what happened, token by token. Default: nobody does.</summary>
    public ITraceSink? Trace { get; init; }

    /// <summary>Receives where labels were likely (<see cref="LabelGuardMode.Detect"/>). Default: a new list.</summary>
    public ICollection<LabelDetection> Detections { get; init; } = [];

    /// <summary>The clock of budgets and traces. Default: the system's.</summary>
    public TimeProvider TimeProvider { get; init; } = TimeProvider.System;

    /// <summary>Most tokens to generate, the end token included; at least 1. Default: as many as the context holds.</summary>
    public int MaxTokens { get; init; } = int.MaxValue;

    /// <summary>Most seconds that are left to the call, beside what its budget says; at least 0. Checked at every step: at least one token is generated. Null (default): no limit.</summary>
    public double? MaxSeconds { get; init; }

    /// <summary>Ids that end the generation. Default: none.</summary>
    public IReadOnlyCollection<int> EndTokens { get; init; } = [];

    /// <summary>Most prompt tokens per forward; cancellation is checked between. At least 1. Default: 256.</summary>
    public int PrefillChunk { get; init; } = 256;

    internal void Validate()
    {
        ArgumentNullException.ThrowIfNull(Sequence);
        ArgumentNullException.ThrowIfNull(Plan);
        ArgumentNullException.ThrowIfNull(Branches);
        ArgumentNullException.ThrowIfNull(EndTokens);
        ArgumentOutOfRangeException.ThrowIfLessThan(MaxTokens, 1);
        ArgumentOutOfRangeException.ThrowIfLessThan(PrefillChunk, 1);
        Require(Cached.Length == Sequence.Length, nameof(Cached), $"lists {Cached.Length} ids but the sequence holds {Sequence.Length} rows; pass the ids of exactly the cached rows");
        Require(!Prompt.IsEmpty, nameof(Prompt), "is empty; leave at least the last token out of the cache so that there are logits to draw from");

        var cacheable = Plan.Cacheable(Cached.Length + Prompt.Length);
        Require(Cached.Length <= cacheable, nameof(Cached), $"lists {Cached.Length} ids, but the plan's search needs to see all of the prompt after the first {cacheable}: truncate the sequence and pass the rest as Prompt");
        Require(ContextTokens is not null || !Plan.NeedsContext, nameof(ContextTokens),
            $"is not set, but \"{(Plan.Search?.NeedsContext == true ? Plan.Options.Search?.Kind : Plan.Options.Speculation?.Kind)}\" needs to know which tokens of the prompt are documents: set it, or give a chat call's passages with ChatOptions.WithDocuments");
        Require(ContextTokens is not var (start, end) || (start >= 0 && start < end && end <= Cached.Length + Prompt.Length), nameof(ContextTokens), "is empty or outside the prompt");

        var asked = Plan.Branches.Count();
        Require(Branches.Count == asked, nameof(Branches), $"has {Branches.Count} entries, but the plan asks for {asked}; pass one for each of DecodingPlan.Branches");
        foreach (var branch in Branches) Validate(branch);
        ValidateModels(Drafts, nameof(Drafts), "drafter", Plan.Speculation?.Drafter.Models ?? [], mustFit: false);
        ValidateModels(Routes, nameof(Routes), "route", Plan.Route?.Models ?? [], mustFit: true);
        Require(Plan.Speculation?.Drafter.Branches != true || Sequence.Model.Info.Capabilities.HasFlag(ModelCapabilities.TreeRows), nameof(Plan),
            $"drafts trees, but the model {Sequence.Model.Info.Name} cannot run them; use a drafter that does not branch");

        var required = Cached.Length + Prompt.Length;
        var contextLength = Sequence.Model.Info.ContextLength;
        if (required > contextLength) throw new ContextOverflowException(required, contextLength);
    }

    private void ValidateModels(IReadOnlyList<BranchSource> sources, string member, string owner, IReadOnlyList<string> models, bool mustFit)
    {
        Require(sources.Count == models.Count, member, $"has {sources.Count} entries, but the plan's {owner} needs {models.Count}; pass one for each of its models");
        foreach (var source in sources)
        {
            Require(source.Sequence is not null, member, $"has an entry without a sequence; open one of the model that the {owner} names");

            // A drafter whose context is too short is dropped with a warning when it is asked: the text does not need it.
            Validate(source, mustFit);
        }
    }

    private void Validate(BranchSource branch, bool mustFit = true)
    {
        var model = (branch.Sequence ?? Sequence).Model.Info;
        Require(!branch.Prompt.IsEmpty, nameof(Branches), "has an empty prompt; give every branch at least one token");
        Require((branch.Sequence?.Length ?? 0) < branch.Prompt.Length, nameof(Branches), "has a sequence that holds the whole prompt; leave at least its last token out");
        Require(model.VocabularySize == Sequence.Model.Info.VocabularySize, nameof(Branches),
            $"has the model {model.Name} of {model.VocabularySize} tokens, but {Sequence.Model.Info.Name} has {Sequence.Model.Info.VocabularySize}; branches need one vocabulary");
        if (mustFit && branch.Prompt.Length > model.ContextLength) throw new ContextOverflowException(branch.Prompt.Length, model.ContextLength);
    }

    private static void Require(bool valid, string paramName, string fault)
    {
        if (!valid) throw new ArgumentException($"{paramName} {fault}.", paramName);
    }
}
