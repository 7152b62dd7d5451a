namespace Decant.Decoding;

/// <summary>Builds <see cref="DecodingOptions"/> slot by slot: <c>d => d.Contrast(…).Constrain(…).Sample(…)</c>. What is said twice about a slot that takes one strategy, counts last.</summary>
public sealed class DecodingOptionsBuilder
{
    private readonly List<ProcessorOptions> _processors = [];
    private readonly List<ConstraintOptions> _constraints = [];
    private DecodingOptions _options = new();

    /// <summary>Decodes this distribution.</summary>
    public DecodingOptionsBuilder Contrast(ContrastOptions options) => Set(_options with { Contrast = options });

    /// <summary>Adds a processor behind those already there.</summary>
    public DecodingOptionsBuilder Process(ProcessorOptions options)
    {
        ArgumentNullException.ThrowIfNull(options);
        _processors.Add(options);
        return this;
    }

    /// <summary>Adds a constraint.</summary>
    public DecodingOptionsBuilder Constrain(ConstraintOptions options)
    {
        ArgumentNullException.ThrowIfNull(options);
        _constraints.Add(options);
        return this;
    }

    /// <summary>Draws tokens this way.</summary>
    public DecodingOptionsBuilder Sample(SamplerOptions options) => Set(_options with { Sampling = options });

    /// <summary>Drafts and verifies this way.</summary>
    public DecodingOptionsBuilder Speculate(SpeculationOptions options) => Set(_options with { Speculation = options });

    /// <summary>Searches this way.</summary>
    public DecodingOptionsBuilder Search(SearchOptions options) => Set(_options with { Search = options });

    /// <summary>Chooses models this way.</summary>
    public DecodingOptionsBuilder Route(RouteOptions options) => Set(_options with { Route = options });

    /// <summary>Thinks this way.</summary>
    public DecodingOptionsBuilder Think(ThinkingOptions options) => Set(_options with { Thinking = options });

    /// <summary>Keeps this in the cache.</summary>
    public DecodingOptionsBuilder Cache(CacheOptions options) => Set(_options with { Cache = options });

    /// <summary>Limits what the call may cost.</summary>
    public DecodingOptionsBuilder Budget(int? maxForwards = null, double? maxSeconds = null) => Set(_options with { Budget = new() { MaxForwards = maxForwards, MaxSeconds = maxSeconds } });

    /// <summary>Returns log-probabilities.</summary>
    /// <param name="top">Alternatives to list per token.</param>
    /// <param name="stage">Which distribution they are of.</param>
    public DecodingOptionsBuilder Logprobs(int top = 0, LogprobStage stage = LogprobStage.Raw) => Set(_options with { Logprobs = new() { Top = top, Stage = stage } });

    /// <summary>Returns a trace.</summary>
    public DecodingOptionsBuilder Trace() => Set(_options with { Trace = true });

    /// <summary>Has constraints hold in the model's reasoning too.</summary>
    public DecodingOptionsBuilder ConstrainReasoning() => Set(_options with { ConstrainReasoning = true });

    /// <summary>The options.</summary>
    public DecodingOptions Build() => _options with
    {
        Processors = _processors.Count > 0 ? [.. _processors] : null,
        Constraints = _constraints.Count > 0 ? [.. _constraints] : null,
    };

    private DecodingOptionsBuilder Set(DecodingOptions options)
    {
        _options = options;
        return this;
    }
}
