using System.Diagnostics;
using Decant.Connectors.Chat;
using Decant.Connectors.Cpu;
using Decant.Connectors.Embedded;
using Decant.Connectors.Models;
using Decant.Decoding;

namespace Decant.Benchmarks.Speculate;

/// <summary>
/// Wall clock with the shape of a 135M model that a 15M one drafts for: random weights, and acceptance replayed from what <c>decant-tiny-draft</c> achieved for
/// <c>decant-tiny</c> on open text.
/// </summary>
internal static class LargerModel
{
    private const int Tokens = 128;
    private const int Rounds = 7;
    private const int MaxTokens = 5;
    private static readonly int[] _prompt = [.. Enumerable.Range(100, 128)];
    private static readonly int[] _without = [.. _prompt[..16], .. _prompt[64..]];

    public static async Task<IEnumerable<object>> MeasureAsync()
    {
        var pattern = await RecordAsync();
        Console.WriteLine();
        Console.WriteLine($"135M shape, int8, random weights, {Tokens} tokens, {Rounds} rounds; acceptance REPLAYED from decant-tiny-draft on open text: {pattern.Average():0.00} of {MaxTokens} over {pattern.Count} rounds");
        var folder = Directory.CreateTempSubdirectory("decant-bench-").FullName;
        try
        {
            using var target = Load(folder, "target", Shape.Find("smollm2-135m"));
            using var draft = Load(folder, "draft", Shape.Find("stories15m") with { Vocabulary = Shape.Find("smollm2-135m").Vocabulary });
            List<object> rows = [];
            var contrast = new ContextAwareOptions();
            foreach (var (name, model, policy) in new (string, bool, ContrastOptions?)[]
                { ("drafts that cost nothing", false, null), ("a 15M model drafts", true, null), ("CAD, drafts that cost nothing", false, contrast), ("CAD, a 15M model drafts", true, contrast), })
            {
                var plan = Plan(policy, null);
                var text = (await RunAsync(target, draft, plan)).Text;
                var speculative = Plan(policy, new ReplayOptions(text, pattern, MaxTokens, model));
                if (!text.SequenceEqual((await RunAsync(target, draft, speculative)).Text)) throw new InvalidOperationException("Speculation changed the text.");
                List<double> over = [];
                for (var round = 0; round < Rounds; round++)
                {
                    // Beside plain decoding without contrast in any case: that is what a contrast may be made to cost no more than.
                    var plain = (await RunAsync(target, draft, Plan(null, null))).Milliseconds;
                    over.Add(plain / (await RunAsync(target, draft, speculative)).Milliseconds);
                }

                over.Sort();
                Console.WriteLine($"{name,-34} {over[Rounds / 2]:0.00} ({over[0]:0.00}-{over[^1]:0.00}) times the speed of plain decoding without contrast");
                rows.Add(new { shape = "smollm2-135m", weights = "int8", replayed = true, case_ = name, tokens = Tokens, pattern_mean = pattern.Average(), speed_over_plain = over });
            }

            return rows;
        }
        finally
        {
            Directory.Delete(folder, recursive: true);
        }
    }

    /// <summary>How many of a round's drafted tokens were accepted, round by round.</summary>
    private static async Task<IReadOnlyList<int>> RecordAsync()
    {
        using var client = LocalChatClient.Load(EmbeddedModels.Tiny, new LocalChatClientOptions { Engine = ChatEngine.Cpu });
        List<int> pattern = [];
        var decoding = new DecodingOptions { Speculation = new DraftModelOptions { Model = EmbeddedModels.Draft, MaxTokens = MaxTokens }, Trace = true };
        foreach (var prompt in PromptKind.All()[0].Prompts.Take(8))
        {
            var response = await client.GetResponseAsync([new(Microsoft.Extensions.AI.ChatRole.User, prompt)], new Microsoft.Extensions.AI.ChatOptions { Temperature = 0, MaxOutputTokens = 150 }.WithDecoding(decoding));
            var accepted = 0;

            // The first token comes without a draft, and the answer's end cuts the last round short.
            foreach (var token in response.GetTrace()!.Tokens.Skip(1))
            {
                if (token.Drafter is not null)
                {
                    accepted++;
                    continue;
                }

                pattern.Add(accepted);
                accepted = 0;
            }
        }

        return pattern;
    }

    private static CpuModel Load(string folder, string name, Shape shape)
    {
        var path = Directory.CreateDirectory(Path.Combine(folder, name)).FullName;
        shape.Write(path);
        return CpuModel.Load(path, new CpuModelOptions { Weights = WeightFormat.Int8 });
    }

    private static DecodingPlan Plan(ContrastOptions? contrast, SpeculationOptions? speculation) => DecodingPlan.Compile(new DecodingOptions { Contrast = contrast, Sampling = new GreedyOptions(), Speculation = speculation });

    private static async Task<(List<int> Text, double Milliseconds)> RunAsync(CpuModel target, CpuModel draft, DecodingPlan plan)
    {
        using var sequence = target.OpenSequence();
        using var drafting = draft.OpenSequence();
        var request = new GenerationRequest
        {
            Sequence = sequence, Prompt = _prompt, Plan = plan, MaxTokens = Tokens,
            Branches = plan.Contrast is null ? [] : [new BranchSource(_without)],
            Drafts = plan.Speculation?.Drafter.Models.Count > 0 ? [new BranchSource(_prompt, drafting)] : [],
        };
        var watch = new Stopwatch();
        List<int> text = [];
        await foreach (var token in Generator.GenerateAsync(request))
        {
            text.Add(token.Id);

            // From the first token on; a model that drafts reads the prompt after it, and that counts.
            if (text.Count == 1) watch.Start();
        }

        return (text, watch.Elapsed.TotalMilliseconds);
    }
}
