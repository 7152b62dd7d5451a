namespace Decant.Decoding;

/// <summary>
/// Lossy: the client's model writes where the text is uncertain and a smaller one with the same vocabulary writes the rest (entropy adaptive decoding, Simonds 2025). Uncertain is
/// where the mean entropy of the last rows, each its active model's before temperature and masks, is above a threshold.
/// </summary>
public sealed record EntropySwitchOptions : RouteOptions
{
    /// <inheritdoc/>
    public override string Kind => "entropy-switch";

    /// <summary>The smaller model's name among those the client knows, such as "decant-tiny-draft". Must be given.</summary>
    public string Small { get; init; } = "";

    /// <summary>How many rows the mean is of; 1 … 64. Default: 5.</summary>
    public int Window { get; init; } = 5;

    /// <summary>The entropy, in bits, above which the client's model writes; −1 … 64. Below 0 it writes everything; above log₂ of the vocabulary nothing. Default: 1.</summary>
    public double Threshold { get; init; } = 1;

    /// <summary>How many tokens a model that was switched to writes at least; 1 … 1000. The model of the first token may be left at once. Default: 10.</summary>
    public int MinStay { get; init; } = 10;

    /// <summary>The model whose row is looked at first. Default: <see cref="RouteStart.Large"/>.</summary>
    public RouteStart StartWith { get; init; } = RouteStart.Large;

    /// <inheritdoc/>
    public override void Validate()
    {
        Check(Small.Length > 0, Small, nameof(Small), "the name of a model");
        Check(Window is >= 1 and <= 64, Window, nameof(Window), "a number from 1 to 64");
        Check(Threshold is >= -1 and <= 64, Threshold, nameof(Threshold), "from -1 to 64");
        Check(MinStay is >= 1 and <= 1000, MinStay, nameof(MinStay), "a number from 1 to 1000");
        Check(Enum.IsDefined(StartWith), StartWith, nameof(StartWith), "Large or Small");
    }

    /// <inheritdoc/>
    public override IRoute Compile(PlanContext context) => new Route(this);

    private sealed class Route(EntropySwitchOptions options) : IRoute
    {
        public IReadOnlyList<string> Models { get; } = [options.Small];

        public IRouteRun Open(RouteModels models) => new Run(options, models);
    }

    private sealed class Run(EntropySwitchOptions options, RouteModels models) : IRouteRun
    {
        private readonly RowUncertainty _row = new();
        private readonly Queue<double> _entropies = new();
        private int _active = options.StartWith == RouteStart.Large ? 0 : 1;
        private int _stayed = options.MinStay;

        public async ValueTask<RouteChoice> NextAsync(GenerationState state, Memory<float> row, CancellationToken cancellationToken)
        {
            await models.ReadAsync(_active, state, row, cancellationToken).ConfigureAwait(false);
            if (_entropies.Count == options.Window) _entropies.Dequeue();
            _entropies.Enqueue(_row.Bits(row.Span));
            var wanted = _entropies.Average() > options.Threshold ? 0 : 1;
            if (wanted != _active && _stayed >= options.MinStay)
            {
                (_active, _stayed) = (wanted, 0);
                await models.ReadAsync(_active, state, row, cancellationToken).ConfigureAwait(false);
            }

            _stayed++;
            return new RouteChoice(models.Name(_active));
        }
    }
}
