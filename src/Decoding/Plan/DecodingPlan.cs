namespace Decant.Decoding;

/// <summary>Options turned into behaviour for one model. Immutable and safe for concurrent use: the state of a request is made by <see cref="CreateState"/>.</summary>
public sealed class DecodingPlan
{
    private readonly ISampler _sampler;
    private readonly IRowProcessor[] _processors;
    private readonly IConstraint[] _constraints;

    private DecodingPlan(DecodingOptions options, PlanContext context)
    {
        Options = options;
        Contrast = options.Contrast?.Compile(context);
        Search = options.Search?.Compile(context);
        _sampler = (options.Sampling ?? new SamplingOptions()).Compile(context);
        _processors = [.. (options.Processors ?? []).Select(processor => processor.Compile(context))];
        _constraints = [.. (options.Constraints ?? []).Select(constraint => constraint.Compile(context))];
        Target = new TargetDistribution(Contrast);
    }

    /// <summary>What was asked for.</summary>
    public DecodingOptions Options { get; }

    /// <summary>How branches combine, or null where only the target's row counts.</summary>
    public ILogitPolicy? Contrast { get; }

    /// <summary>How several states are searched, or null for plain decoding.</summary>
    public ISearch? Search { get; }

    /// <summary>The distribution of every token.</summary>
    public TargetDistribution Target { get; }

    /// <summary>The branches that a request brings besides the target, in order.</summary>
    public IEnumerable<BranchRequest> Branches => Contrast?.Branches.Skip(1) ?? [];

    /// <summary>Compiles options.</summary>
    /// <param name="options">What is asked for.</param>
    /// <param name="context">The model and what options name. Its own options are replaced by <paramref name="options"/>. Null: nothing can be named.</param>
    /// <exception cref="ArgumentException">A member is out of range, names what is not there, or two strategies exclude each other; the message names them.</exception>
    public static DecodingPlan Compile(DecodingOptions options, PlanContext? context = null)
    {
        ArgumentNullException.ThrowIfNull(options);
        options.Validate();
        return new DecodingPlan(options, (context ?? new PlanContext()).For(options));
    }

    /// <summary>The state before the first generated token, with a fresh seed if none is set.</summary>
    /// <param name="prompt">Every token so far, cached ones included.</param>
    public GenerationState CreateState(ReadOnlySpan<int> prompt) => new(
        prompt, new PositionNoise(Options.Sampling?.Seed ?? Random.Shared.NextInt64()), _sampler.Fork(),
        Array.ConvertAll(_processors, processor => processor.Fork()), Array.ConvertAll(_constraints, constraint => constraint.Fork()));
}
