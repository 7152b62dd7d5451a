using Decant.Connectors.Chat;
using Decant.Decoding;

namespace Decant.Benchmarks.Speculate;

/// <summary>What papers claim of one way of drafting beside another: by accepted tokens, so that the machine does not matter.</summary>
internal static class Comparisons
{
    private const int Calls = 20;
    private const int Edge = 5;

    public static async Task<IEnumerable<object>> MeasureAsync(LocalChatClient client, LocalChatClientOptions options, string target)
    {
        Console.WriteLine();
        return [await LearningAsync(options, target), .. await FusionAsync(client), await TreesAsync(client)];
    }

    /// <summary>Trigram search that begins with an empty table, over a session of calls.</summary>
    private static async Task<object> LearningAsync(LocalChatClientOptions options, string target)
    {
        using var client = LocalChatClient.Load(target, options with { Services = new DecodingServices() });
        var texts = PromptKind.All()[0];
        List<double> accepted = [];
        foreach (var prompt in Enumerable.Range(0, Calls).Select(i => texts.Prompts[i * 7 % texts.Prompts.Count]))
        {
            var run = await DrafterRun.AskAsync(client, texts with { Prompts = [prompt] }, new TrigramSearchOptions());
            accepted.Add(run.AcceptedPerRound);
        }

        var (first, last) = (accepted.Take(Edge).Average(), accepted.TakeLast(Edge).Average());
        Console.WriteLine($"trigram-search from an empty table, {Calls} calls: accepted per round {first:0.00} in the first {Edge}, {last:0.00} in the last {Edge}: {last / first - 1:+0 %;-0 %}");
        return new { comparison = "trigram-search learns", calls = Calls, first, last, accepted };
    }

    /// <summary>A model's drafts joined with copied ones, beside each alone.</summary>
    private static async Task<List<object>> FusionAsync(LocalChatClient client)
    {
        List<object> rows = [];
        var (model, lookup) = (new DraftModelOptions { Model = "draft" }, new PromptLookupOptions());
        foreach (var kind in PromptKind.All())
        {
            var (first, second) = (await DrafterRun.AskAsync(client, kind, model), await DrafterRun.AskAsync(client, kind, lookup));
            var both = await DrafterRun.AskAsync(client, kind, new FusedOptions { Primary = model, Secondary = lookup });
            Console.WriteLine($"{kind.Name}: target forwards per token {both.ForwardsPerToken:0.000} fused, {first.ForwardsPerToken:0.000} draft-model, {second.ForwardsPerToken:0.000} prompt-lookup");
            rows.Add(new { comparison = "fused", kind = kind.Name, fused = both.ForwardsPerToken, draft_model = first.ForwardsPerToken, prompt_lookup = second.ForwardsPerToken });
        }

        return rows;
    }

    /// <summary>Trees of draws without replacement beside independent sequences of as many nodes, drawn at temperature 1.</summary>
    private static async Task<object> TreesAsync(LocalChatClient client)
    {
        var texts = PromptKind.All()[0];
        var verifier = new RecursiveRejectionOptions();
        var independent = await DrafterRun.AskAsync(client, texts, new IidSequencesOptions { Model = "draft", Sequences = 3, MaxTokens = 4, MaxNodes = 12, Verifier = verifier }, 1);
        var beam = await DrafterRun.AskAsync(client, texts, new GumbelTreeOptions { Model = "draft", BeamWidth = 3, Depth = 4, MaxNodes = 12, Verifier = verifier }, 1);
        Console.WriteLine($"12 nodes, temperature 1: accepted per round {beam.AcceptedPerRound:0.00} by RSD-S, {independent.AcceptedPerRound:0.00} by independent sequences ({beam.Rounds} and {independent.Rounds} rounds)");
        return new { comparison = "RSD-S against independent sequences", nodes = 12, rsd_s = beam.AcceptedPerRound, independent = independent.AcceptedPerRound, beam.Rounds };
    }
}
