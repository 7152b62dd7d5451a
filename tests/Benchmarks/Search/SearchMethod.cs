using System.Text.Json;
using System.Text.Json.Nodes;
using Decant.Decoding;

namespace Decant.Benchmarks.Search;

/// <summary>A way to search.</summary>
/// <param name="Name">Its name.</param>
/// <param name="Temperature">The sampling temperature.</param>
/// <param name="Search">The search as JSON, without its rewards; null for none.</param>
internal sealed record SearchMethod(string Name, float Temperature, string? Search)
{
    public static IReadOnlyList<SearchMethod> All { get; } =
    [
        new("greedy", 0, null),
        new("best-of-8", 1, """{"kind":"best-of","n":8}"""),
        new("DeAL", 0, """{"kind":"deal","top_k":3,"candidate_probability":0.1,"lookahead":48,"keep":1,"reward_weight":10}"""),
        new("ARGS", 0, """{"kind":"args","top_k":4,"reward_weight":8}"""),
        new("segment rerank", 1, """{"kind":"segment-rerank","beams":2,"samples":4,"segment_tokens":16}"""),
        new("MCTS", 0, """{"kind":"mcts","simulations":64,"width":3,"c":0.5}"""),
    ];

    /// <summary>The options for a reward; log-probabilities are the model's own.</summary>
    public DecodingOptions Options(object reward)
    {
        var options = new JsonObject { ["logprobs"] = new JsonObject() };
        if (Search is null) return DecodingOptions.Read(options);
        var search = JsonNode.Parse(Search)!.AsObject();
        search["rewards"] = JsonSerializer.SerializeToNode(reward);
        options["search"] = search;
        return DecodingOptions.Read(options);
    }
}
