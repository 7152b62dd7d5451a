using System.Text.Json;
using Decant.Connectors.Chat;
using Decant.Decoding;

namespace Decant.Benchmarks.Speculate;

/// <summary>Every drafter on held-out prompts of four kinds, beside plain decoding in the same run; and what speculation gains where a forward costs what it does in a larger model.</summary>
internal static class SpeculateBenchmark
{
    private const int Rounds = 3;
    private static readonly JsonSerializerOptions _figures = new() { WriteIndented = true, PropertyNamingPolicy = JsonNamingPolicy.SnakeCaseLower };

    public static async Task RunAsync(string[] args)
    {
        var arguments = SpeculateArguments.Parse(args);
        var options = new LocalChatClientOptions { Engine = ChatEngine.Cpu, PrefixCacheSequences = 0, Models = new Dictionary<string, string> { ["draft"] = arguments.Draft } };
        using var client = LocalChatClient.Load(arguments.Target, options);
        List<object> rows = [];
        if (arguments.Has("drafters")) rows.AddRange(await DraftersAsync(client));
        if (arguments.Has("comparisons")) rows.AddRange(await Comparisons.MeasureAsync(client, options, arguments.Target));
        if (arguments.Has("calls")) rows.AddRange(await LongCalls.MeasureAsync(client, arguments.Draft));
        if (arguments.Has("larger")) rows.AddRange(await LargerModel.MeasureAsync());
        if (arguments.Json is not null) await File.WriteAllTextAsync(arguments.Json, JsonSerializer.Serialize(rows, _figures));
    }

    private static async Task<List<object>> DraftersAsync(LocalChatClient client)
    {
        List<object> rows = [];
        foreach (var kind in PromptKind.All())
        {
            Console.WriteLine();
            Console.WriteLine($"{kind.Name}: {kind.Prompts.Count} prompts, greedy, median of {Rounds} rounds");
            Console.WriteLine($"{"drafter",-24} {"target forwards per token",-27} {"accepted per round",-20} {"tokens per second over plain",-30} same text");
            var plain = await DrafterRun.AskAsync(client, kind, null);
            foreach (var (name, speculation) in Drafters.All)
            {
                var run = await DrafterRun.AskAsync(client, kind, speculation);
                List<double> ratios = [];

                // A machine's speed drifts, so each round is set against a plain one right beside it.
                for (var round = 0; round < Rounds; round++)
                {
                    var without = await DrafterRun.AskAsync(client, kind, null);
                    ratios.Add(without.Seconds / (await DrafterRun.AskAsync(client, kind, speculation)).Seconds);
                }

                ratios.Sort();
                var same = run.Texts.Zip(plain.Texts).Count(pair => pair.First == pair.Second);
                Console.WriteLine($"{name,-24} {run.ForwardsPerToken,-27:0.00} {run.AcceptedPerRound,-20:0.00} {$"{ratios[Rounds / 2]:0.00} ({ratios[0]:0.00}-{ratios[^1]:0.00})",-30} {same} of {kind.Prompts.Count}");
                rows.Add(new
                {
                    kind = kind.Name, prompts = kind.Prompts.Count, drafter = name, tokens = run.Tokens, target_forwards_per_token = run.ForwardsPerToken, accepted_per_round = run.AcceptedPerRound,
                    drafted = run.Drafted, accepted = run.Accepted, speed_over_plain = ratios, same_text = same,
                });
            }
        }

        return rows;
    }
}
