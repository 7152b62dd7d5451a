using System.Text.Json;
using Decant.Connectors.Chat;
using Decant.Decoding;
using Microsoft.Extensions.AI;

namespace Decant.Samples.Agents;

/// <summary>How each step decodes. The one place to change it.</summary>
internal static class Strategies
{
    private const string Coverage = "coverage";

    /// <summary>Registers what the options name.</summary>
    public static void Register(LocalChatClient client) => client.GetService<DecodingServices>()!.Add<IReward>(Coverage, new DelegateReward(Covered));

    /// <summary>A plan is a list of traits: eight are drawn without reasoning, and the one that has most of them, and none twice, is taken.</summary>
    public static DecodingOptions Plan(Job job)
    {
        var trait = $"({string.Join('|', job.Traits)})";
        return new DecodingOptions
        {
            Search = new BestOfOptions { N = 8, Rewards = [new NamedRewardOptions { Reward = Coverage }] },
            Constraints = [new PatternOptions { Pattern = $"{trait}(, {trait}){{1,2}}" }],
            Thinking = new ZeroThinkOptions { Inside = "", Behind = "\n" },
            Sampling = new SamplingOptions { Temperature = 1, Seed = 1 },
        };
    }

    /// <summary>What is planned is read out of the passages, as JSON that has just these members.</summary>
    public static DecodingOptions Extract(IEnumerable<string> keys)
    {
        string[] members = ["name", .. keys];
        var schema = new { type = "object", properties = members.ToDictionary(key => key, _ => new { type = "string" }), required = members };
        return new DecodingOptions { Constraints = [new JsonSchemaOptions { Schema = JsonSerializer.Serialize(schema), Whitespace = JsonWhitespace.Flexible }], Sampling = new GreedyOptions() };
    }

    /// <summary>The passages count more than what the model remembers.</summary>
    public static DecodingOptions Answer { get; } = new() { Contrast = new AdaptiveContextAwareOptions(), Sampling = new GreedyOptions() };

    /// <summary>The traits of a plan.</summary>
    public static string[] Traits(string plan) => [.. plan.Split(',', StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries).Distinct()];

    private static double Covered(string plan) => (2 * Traits(plan).Length) - plan.Split(',').Length;
}
