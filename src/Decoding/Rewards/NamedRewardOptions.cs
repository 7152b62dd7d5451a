namespace Decant.Decoding;

/// <summary>A reward of your own, registered with the client's services (<see cref="DecodingServices.Add"/> of an <see cref="IReward"/>): code, an evaluator, another model as a judge, a trained classifier.</summary>
public sealed record NamedRewardOptions : RewardOptions
{
    /// <inheritdoc/>
    public override string Kind => "named";

    /// <summary>The reward's name; must be given.</summary>
    public string Reward { get; init; } = "";

    internal override string Name => Reward;

    /// <inheritdoc/>
    public override void Validate()
    {
        base.Validate();
        Check(Reward.Length > 0, Reward, nameof(Reward), "the name of a registered reward");
    }

    /// <inheritdoc/>
    public override IReward Compile(PlanContext context)
    {
        ArgumentNullException.ThrowIfNull(context);
        return context.Services.Get<IReward>(Reward, $"{Kind}: {nameof(Reward)}");
    }
}
