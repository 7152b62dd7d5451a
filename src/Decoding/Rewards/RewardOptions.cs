namespace Decant.Decoding;

/// <summary>A reward as data; a part of searches. Its kind says what it measures, the members here how its scores count.</summary>
public abstract record RewardOptions : Strategy
{
    /// <summary>What a score is multiplied with before scores of several rewards are added; any finite number, below 0 to avoid what the reward likes. Default: 1.</summary>
    public double Weight { get; init; } = 1;

    /// <summary>Null: scores count as they are. Otherwise a score of at least this counts as 1, any other as 0.</summary>
    public double? Threshold { get; init; }

    /// <summary>Counts a score as its rank among texts that the plan draws, before weight and threshold. Null: it counts as it is.</summary>
    public CalibrationOptions? Calibration { get; init; }

    /// <summary>What becomes of a call when the reward throws, gives no finite number, or takes too long. Default: the call throws.</summary>
    public RewardFaultPolicy OnFault { get; init; }

    /// <summary>Most seconds for one batch of texts; above 0. Null: no limit.</summary>
    public double? TimeoutSeconds { get; init; }

    /// <summary>Most texts it scores in one call, reference texts of <see cref="Calibration"/> included and those it has scored before not counted; at least 1, and more than there are reference texts. The search ends, with the best so far, behind the batch that reaches it;
    /// "best-of" scores no more than that, and answers with one that was scored. Null: no limit.</summary>
    public int? MaxScored { get; init; }

    /// <summary>The reward's name in errors and warnings.</summary>
    internal virtual string Name => Kind;

    /// <inheritdoc/>
    public override void Validate()
    {
        Check(double.IsFinite(Weight), Weight, nameof(Weight), "a finite number");
        Check(Threshold is null || double.IsFinite(Threshold.Value), Threshold, nameof(Threshold), "a finite number, or null for none");
        Check(Enum.IsDefined(OnFault), OnFault, nameof(OnFault), "a known policy");
        Check(TimeoutSeconds is null or (> 0 and <= 1_000_000), TimeoutSeconds, nameof(TimeoutSeconds), "above 0 and at most 1000000, or null for no limit");
        Check(Calibration?.Fault is null, Calibration, nameof(Calibration), $"a record with {Calibration?.Fault}");
        Check(MaxScored is not { } max || max > (Calibration?.ReferenceSamples ?? 0), MaxScored, nameof(MaxScored), "at least 1 and more than the reference samples of Calibration, or null for no limit");
    }

    /// <summary>What a score adds to the sum.</summary>
    internal double Count(double score) => Weight * (Threshold is not { } threshold ? score : score >= threshold ? 1 : 0);

    /// <summary>Makes the reward.</summary>
    /// <exception cref="ArgumentException">What it names is not there; the message says what to do.</exception>
    public abstract IReward Compile(PlanContext context);
}
