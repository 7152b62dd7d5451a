using System.Text.RegularExpressions;

namespace Decant.Decoding;

/// <summary>How often a regular expression matches a text, up to <see cref="Max"/>. Beginnings are scored by what they have so far.</summary>
public sealed record RegexRewardOptions : RewardOptions
{
    /// <inheritdoc/>
    public override string Kind => "regex";

    /// <summary>The expression, as .NET reads it, without lookarounds, backreferences and atomic groups: so its time is linear in the text (<see cref="RegexOptions.NonBacktracking"/>). Flags stand in it: <c>(?i)</c>. Required.</summary>
    public string Pattern { get; init; } = "";

    /// <summary>Most matches that count; at least 1. Default: 1, whether it matches at all.</summary>
    public int Max { get; init; } = 1;

    /// <inheritdoc/>
    public override void Validate()
    {
        base.Validate();
        Check(Pattern.Length > 0, Pattern, nameof(Pattern), "a regular expression");
        Check(Max >= 1, Max, nameof(Max), "at least 1");
        try
        {
            Parse();
        }
        catch (Exception exception) when (exception is ArgumentException or NotSupportedException)
        {
            throw new ArgumentException($"{Kind}: {nameof(Pattern)} cannot be used: {exception.Message}", nameof(Pattern), exception);
        }
    }

    /// <inheritdoc/>
    public override IReward Compile(PlanContext context)
    {
        var regex = Parse();
        return new DelegateReward(text => Math.Min(Max, regex.Count(text))) { Minimum = 0, Maximum = Max };
    }

    private Regex Parse() => new(Pattern, RegexOptions.NonBacktracking | RegexOptions.CultureInvariant);
}
