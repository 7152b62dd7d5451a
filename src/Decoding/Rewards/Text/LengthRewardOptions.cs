using System.Globalization;

namespace Decant.Decoding;

/// <summary>How well a text's length lies in a window: 1 inside; below it n / <see cref="Min"/>; above it 2 − n / <see cref="Max"/>, and 0 from twice the most on.</summary>
/// <remarks>A beginning may still grow: it is never too short.</remarks>
public sealed record LengthRewardOptions : RewardOptions
{
    /// <inheritdoc/>
    public override string Kind => "length";

    /// <summary>The least; at least 1. Null: no least. One of the two must be given.</summary>
    public int? Min { get; init; }

    /// <summary>The most; at least 1 and not below <see cref="Min"/>. Null: no most.</summary>
    public int? Max { get; init; }

    /// <summary>What is counted. Default: words.</summary>
    public LengthUnit Unit { get; init; }

    /// <inheritdoc/>
    public override void Validate()
    {
        base.Validate();
        Check(Min is not null || Max is not null, Min, nameof(Min), $"given, or {nameof(Max)}");
        Check(Min is null or >= 1, Min, nameof(Min), "at least 1, or null for no least");
        Check(Max is null || Max >= (Min ?? 1), Max, nameof(Max), $"at least 1 and not below {nameof(Min)}, or null for no most");
        Check(Enum.IsDefined(Unit), Unit, nameof(Unit), "words, characters, sentences or tokens");
    }

    /// <inheritdoc/>
    public override IReward Compile(PlanContext context)
    {
        ArgumentNullException.ThrowIfNull(context);
        Func<string, int> count = Unit switch
        {
            LengthUnit.Characters => text => new StringInfo(text).LengthInTextElements,
            LengthUnit.Sentences => text => TextUnits.Sentences(text).Count,
            LengthUnit.Tokens => text => context.Encode(text).Length,
            _ => text => TextUnits.Words(text).Count,
        };
        return new DelegateReward(scoresPartial: true, candidate => Score(count(candidate.Text), candidate.IsComplete)) { Minimum = 0, Maximum = 1 };
    }

    private double Score(double length, bool isComplete)
    {
        if (length < Min && isComplete) return length / Min.Value;
        return length > Max ? Math.Max(0, 2 - (length / Max.Value)) : 1;
    }
}
