namespace Decant.Decoding;

/// <summary>Options turned into behaviour for one model. Immutable and safe for concurrent use: the state of a request is made by <see cref="CreateState"/>.</summary>
public sealed class DecodingPlan
{
    private readonly PlanContext _context;
    private readonly ISampler _sampler;
    private readonly ThinkingControl? _thinking;
    private IRowProcessor[] _processors;
    private IConstraint[] _constraints;
    private ThinkingAutomaton? _reasoning;

    private DecodingPlan(DecodingOptions options, PlanContext context)
    {
        (Options, _context) = (options, context);
        Contrast = options.Contrast?.Compile(context);
        if (Contrast?.Branches.FirstOrDefault(branch => branch.Model is not null && branch.Edits.Count > 0) is { } edited)
            throw new ArgumentException($"{options.Contrast!.Kind}: the branch \"{edited.Name}\" edits the model \"{edited.Model}\"; only the target's model can be edited.");
        Search = options.Search?.Compile(context);
        Contrast ??= Search?.Policy;
        _sampler = (options.Sampling ?? new SamplingOptions()).Compile(context);
        _processors = [.. (options.Processors ?? []).Select(processor => processor.Compile(context))];
        _constraints = IntersectionOptions.Compile(options.Constraints ?? [], context);
        _thinking = options.Thinking is { } thinking ? new ThinkingControl(thinking, context) : null;
        Target = new TargetDistribution(Contrast, (options.Contrast as Strategy ?? options.Search)?.Kind, options.Search?.Measures == true || Array.Exists(_constraints, constraint => constraint is Alignment));
        Speculation = options.Speculation is { } speculation ? new SpeculationPlan(speculation, context, Contrast) : null;
        Route = options.Route?.Compile(context);
        if (Route is not null && new Strategy?[] { options.Contrast, options.Search, options.Speculation }.FirstOrDefault(strategy => strategy is not null) is { } other)
            throw new ArgumentException($"\"{options.Route!.Kind}\" has one of several models give each row, and \"{other.Kind}\" needs the target's: leave out one of them.");
        Taps = Taps.Union(Taps.Union(Contrast?.Taps, Search?.Taps), Speculation?.Drafter.Taps);
    }

    /// <summary>What was asked for.</summary>
    public DecodingOptions Options { get; private set; }

    /// <summary>How branches combine, the contrast's or the search's own, or null where only the target's row counts.</summary>
    public ILogitPolicy? Contrast { get; }

    /// <summary>How several states are searched, or null for plain decoding.</summary>
    public ISearch? Search { get; }

    /// <summary>How tokens are drafted and verified, or null where none are.</summary>
    public SpeculationPlan? Speculation { get; }

    /// <summary>Which model produces each token, or null where the target does.</summary>
    public IRoute? Route { get; }

    /// <summary>The distribution of every token.</summary>
    public TargetDistribution Target { get; }

    /// <summary>What the target's forwards must return besides logits, for contrast and search together; null for nothing.</summary>
    public Taps? Taps { get; }

    /// <summary>Whether a request must say which tokens of its prompt are documents (<see cref="GenerationRequest.ContextTokens"/>).</summary>
    public bool NeedsContext => Search?.NeedsContext == true || Speculation?.Drafter.NeedsContext == true;

    /// <summary>Whether a generation may give several results (<see cref="GeneratedToken.Result"/>).</summary>
    public bool GivesSeveral => Search?.GivesSeveral == true;

    /// <summary>The branches that a request brings besides the target, in order.</summary>
    public IEnumerable<BranchRequest> Branches => Contrast?.Branches.Skip(1) ?? [];

    /// <summary>The edits that the target runs with.</summary>
    public ValueList<ResidualEdit> Edits => Contrast?.Branches[0].Edits ?? [];

    /// <summary>How the text marks reasoning that it may begin with; null where it has none.</summary>
    internal ReasoningSpan? Reasoning { get; private set; }

    /// <summary>The constraints that report labels instead of refusing them.</summary>
    internal IEnumerable<LabelGuard> Detectors => _constraints.OfType<LabelGuard>().Where(guard => guard.Threshold is not null);

    /// <summary>Whether anything limits what is said. Reasoning is then at the text's beginning only: what looks like it later on is what a constraint has let through.</summary>
    public bool Constrains => Array.Exists(_constraints, Limits);

    /// <summary>What the options ask for and constraints do not enforce, as sentences; empty for almost all.</summary>
    public IEnumerable<string> Warnings => _constraints.SelectMany(constraint => constraint.Warnings);

    /// <summary>Compiles options.</summary>
    /// <param name="options">What is asked for.</param>
    /// <param name="context">The model and what options name. Its own options are replaced by <paramref name="options"/>. Null: nothing can be named.</param>
    /// <exception cref="NotSupportedException">A slot is set that nothing reads yet; the message names it.</exception>
    /// <exception cref="ArgumentException">A member is out of range, names what is not there, or two strategies exclude each other; the message names them.</exception>
    public static DecodingPlan Compile(DecodingOptions options, PlanContext? context = null)
    {
        ArgumentNullException.ThrowIfNull(options);
        options.Validate();
        if (options.Cache is { } unknown) throw new NotSupportedException($"decoding: \"{unknown.Kind}\" is in a slot that nothing reads yet (cache). Leave it out.");
        return new DecodingPlan(options, (context ?? new PlanContext()).For(options));
    }

    /// <summary>How many of a prompt's tokens may have run in an earlier request: all but those whose states a search needs.</summary>
    /// <param name="promptLength">Tokens of the prompt.</param>
    public int Cacheable(int promptLength) => Math.Max(0, promptLength - (Search?.PromptStates ?? 0));

    /// <summary>This plan with another seed.</summary>
    public DecodingPlan WithSeed(long seed)
    {
        var plan = (DecodingPlan)MemberwiseClone();
        plan.Options = Options.WithSeed(seed);
        return plan;
    }

    /// <summary>Whether <see cref="Heal"/> may shorten a prompt.</summary>
    public bool Heals => Array.Exists(_constraints, constraint => constraint is TokenHealing);

    /// <summary>Finds out what <see cref="TokenHealingOptions"/> mean for a prompt; without them, nothing changes.</summary>
    /// <param name="prompt">Every token of the prompt.</param>
    public HealedPrompt Heal(ReadOnlySpan<int> prompt)
    {
        var index = Array.FindIndex(_constraints, constraint => constraint is TokenHealing);
        if (index < 0) return new HealedPrompt(this, 0, 0);
        var (constraint, tokens, bytes) = ((TokenHealing)_constraints[index]).After(prompt);
        var plan = (DecodingPlan)MemberwiseClone();
        plan._constraints = [.. _constraints];
        plan._constraints[index] = constraint;
        return new HealedPrompt(plan, tokens, bytes);
    }

    /// <summary>
    /// This plan for a text that may begin with reasoning: constraints hold behind it, unless <see cref="DecodingOptions.ConstrainReasoning"/> says otherwise, and <see cref="DecodingOptions.Thinking"/> controls
    /// it. Call it once; a plan that controls reasoning cannot be run without.
    /// </summary>
    /// <param name="open">The mark that begins reasoning.</param>
    /// <param name="close">The mark that ends it.</param>
    /// <param name="isOpen">Whether the prompt has begun it.</param>
    public DecodingPlan AfterReasoning(string open, string close, bool isOpen)
    {
        var plan = (DecodingPlan)MemberwiseClone();
        plan.Reasoning = new ReasoningSpan(open, close, isOpen);
        if (_constraints.Length > 0 && Options.ConstrainReasoning != true)
        {
            var marks = ReasoningMarks.Of(_context.Vocabulary, open, close);
            plan._constraints = Array.ConvertAll(_constraints, constraint => Limits(constraint) ? new AfterReasoning(constraint, marks, isOpen) : constraint);
        }

        if (_thinking is null) return plan;
        plan._reasoning = _thinking.Open(plan.Reasoning);
        plan._constraints = [.. plan._constraints, new ThinkingConstraint(Options.Thinking!.Kind, new ThinkingPath(plan._reasoning))];
        if (_thinking.Extends) plan._processors = [.. _processors, new CueProcessor(new ThinkingPath(plan._reasoning))];
        return plan;
    }

    /// <summary>What was done about the reasoning of a text that this plan wrote; null where it controls none.</summary>
    /// <param name="generated">The text's tokens, without the prompt's.</param>
    public ThinkingReport? ReadThinking(ReadOnlySpan<int> generated) => _reasoning is null ? null : ThinkingPath.Read(_reasoning, generated);

    /// <summary>The state before the first generated token, with a fresh seed if none is set.</summary>
    /// <param name="prompt">Every token so far, cached ones included.</param>
    /// <exception cref="InvalidOperationException">It is to control reasoning and does not know how the model marks it.</exception>
    public GenerationState CreateState(ReadOnlySpan<int> prompt)
    {
        if (_thinking is not null && _reasoning is null)
            throw new InvalidOperationException($"\"{Options.Thinking!.Kind}\" controls reasoning, and nothing says how the model marks it: call DecodingPlan.AfterReasoning, or leave it out.");
        return new GenerationState(
            prompt, new PositionNoise(Options.Sampling?.Seed ?? Random.Shared.NextInt64()), _sampler.Fork(),
            Array.ConvertAll(_processors, processor => processor.Fork()), Array.ConvertAll(_constraints, constraint => constraint.Fork()))
        {
            PromptWeights = Contrast is PromptMixture mixture ? PromptWeights.Alike(mixture.Branches.Count) : null,
        };
    }

    // Healing is about the prompt's end, and what only watches refuses nothing.
    private static bool Limits(IConstraint constraint) => constraint is not (TokenHealing or Alignment or LabelGuard { Threshold: not null });
}
