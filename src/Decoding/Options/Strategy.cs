using System.Text.Json.Serialization;

namespace Decant.Decoding;

/// <summary>What a decoding strategy is asked for with: immutable data, equal by value, written as JSON with a <c>kind</c>.</summary>
/// <remarks>Holds no delegates, tensors or models. Those are named and looked up in <see cref="DecodingServices"/> when a <see cref="DecodingPlan"/> is compiled.</remarks>
public abstract record Strategy
{
    /// <summary>The strategy's name on the wire, in kebab-case; unique over all slots, and a part's over the parts of its name (<see cref="StrategySlot.Parts"/>).</summary>
    [JsonPropertyOrder(-1)]
    public abstract string Kind { get; }

    /// <summary>Checks every member's range.</summary>
    /// <exception cref="ArgumentException">A member is out of range; the message names it and what it takes.</exception>
    public virtual void Validate()
    {
    }

    /// <summary>Throws unless <paramref name="valid"/>.</summary>
    /// <param name="valid">Whether the member is in its range.</param>
    /// <param name="value">What it is.</param>
    /// <param name="member">Its name, by <c>nameof</c>.</param>
    /// <param name="range">What it takes, such as "a number from 0 to 5".</param>
    protected void Check(bool valid, object? value, string member, string range)
    {
        if (!valid) throw new ArgumentOutOfRangeException(member, value, $"{Kind}: {member} must be {range}.");
    }
}
