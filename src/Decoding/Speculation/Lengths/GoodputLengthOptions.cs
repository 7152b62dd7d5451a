namespace Decant.Decoding;

/// <summary>
/// Drafts as many tokens as give the most expected tokens per time (SmartSpec's goodput, Liu et al. 2024), from what forwards cost, how many calls share them at the moment and how often drafted
/// tokens have been accepted in this call. Costs are measured once for each pair of models, by a few dozen forwards on sequences of their own that the budget of forwards does not count.
/// </summary>
/// <remarks>
/// The measured cost of a drafted token is one step of the drafter's first model, and nothing where it names none; where that is not what a drafter costs, name <see cref="Costs"/>.
/// </remarks>
public sealed record GoodputLengthOptions : LengthOptions
{
    /// <inheritdoc/>
    public override string Kind => "goodput";

    /// <summary>Most tokens; 1 … 64. Default: 8.</summary>
    public int MaxTokens { get; init; } = 8;

    /// <summary>How much of the counts of accepted and refused tokens stays with every draft; 0 … below 1. Default: 0.9.</summary>
    public double AcceptanceEma { get; init; } = 0.9;

    /// <summary>The share of rounds that draft one token, to learn whether it has become worth it, while drafting nothing is best; 0 … 1. Default: 0.05.</summary>
    public double ExploreRate { get; init; } = 0.05;

    /// <summary>How many rounds in a row the best length must differ from the present one before it is taken; 1 … 100. Default: 1, at once.</summary>
    public int Hysteresis { get; init; } = 1;

    /// <summary>The name of registered <see cref="DraftCosts"/>. Null: they are measured.</summary>
    public string? Costs { get; init; }

    /// <inheritdoc/>
    public override void Validate()
    {
        Check(MaxTokens is >= 1 and <= 64, MaxTokens, nameof(MaxTokens), "a number from 1 to 64");
        Check(AcceptanceEma is >= 0 and < 1, AcceptanceEma, nameof(AcceptanceEma), "from 0 to below 1");
        Check(ExploreRate is >= 0 and <= 1, ExploreRate, nameof(ExploreRate), "from 0 to 1");
        Check(Hysteresis is >= 1 and <= 100, Hysteresis, nameof(Hysteresis), "a number from 1 to 100");
        Check(Costs is not "", Costs, nameof(Costs), "a name, or null");
    }

    /// <inheritdoc/>
    public override ILengthController Compile(PlanContext context)
        => new Controller(this, Costs is null ? null : context.Services.Get<DraftCosts>(Costs, $"{Kind}: {nameof(Costs)}"));

    private sealed class Controller(GoodputLengthOptions options, DraftCosts? costs) : ILengthController
    {
        public ILengthRun Open(DraftSetup setup) => new GoodputRun(options, costs, setup);
    }
}

internal sealed class GoodputRun(GoodputLengthOptions options, DraftCosts? costs, DraftSetup setup) : ILengthRun
{
    private const double Expected = 0.7;

    // Before the first draft, one token's worth of an ordinary acceptance.
    private double _accepted = Expected;
    private double _tried = 1;
    private DraftCosts? _costs = costs;
    private int _differing;
    private int _length;
    private double _exploring;

    public int MaxDepth => _length > 0 ? _length : _exploring >= 1 ? 1 : 0;

    public async ValueTask PrepareAsync(CancellationToken cancellationToken)
    {
        _costs ??= await CostMeter.MeasureAsync(setup, options.MaxTokens + 1, cancellationToken).ConfigureAwait(false);
        _length = Best(Expected);
    }

    public void Observe(in RoundOutcome outcome)
    {
        if (_length == 0) _exploring = (_exploring >= 1 ? _exploring - 1 : _exploring) + options.ExploreRate;
        var guessed = outcome.Guessed;
        if (guessed.Drafted == 0) return;

        // Tokens behind the first refused one have not been tried.
        _accepted = options.AcceptanceEma * _accepted + guessed.Accepted;
        _tried = options.AcceptanceEma * _tried + Math.Min(guessed.Drafted, guessed.Accepted + 1);
        var best = Best(_accepted / _tried);
        _differing = best == _length ? 0 : _differing + 1;
        if (_differing < options.Hysteresis) return;
        (_length, _differing) = (best, 0);
    }

    // Under load a row costs what another call's row would have.
    private int Best(double acceptance) => _costs!.Best(acceptance, options.MaxTokens, (int)Math.Round(setup.Branches.Target.Model.Batch));
}
