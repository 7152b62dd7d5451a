using System.Text.Json.Serialization;

namespace Decant.Decoding;

/// <summary>A search that asks rewards how good texts are.</summary>
public abstract record RewardedSearchOptions : SearchOptions
{
    /// <summary>The rewards, whose weighted scores are added; at least one.</summary>
    [JsonConverter(typeof(StrategyListConverter<RewardOptions>))]
    public ValueList<RewardOptions> Rewards { get; init; } = [];

    /// <inheritdoc/>
    public override void Validate()
    {
        Check(Rewards.Count > 0, Rewards, nameof(Rewards), "at least one reward, such as { \"kind\": \"named\", \"reward\": \"NAME\" }");
        foreach (var reward in Rewards) reward.Validate();
    }

    /// <summary>Makes the rewards.</summary>
    /// <param name="context">What they name.</param>
    /// <param name="partial">Whether beginnings of texts are scored.</param>
    private protected RewardModel CompileRewards(PlanContext context, bool partial) => new(Kind, Rewards, context, partial);
}
