using System.Diagnostics;
using Decant.Connectors.Chat;
using Decant.Connectors.Cpu;
using Decant.Connectors.Embedded;
using Decant.Connectors.Prompting;
using Decant.Connectors.Text;
using Decant.Decoding;
using Microsoft.Extensions.AI;

namespace Decant.Benchmarks.Speculate;

/// <summary>What choosing round by round gains or costs over calls of 200 tokens, beside plain decoding by turns. Nothing is known in the first call, and that counts.</summary>
internal static class LongCalls
{
    private const int Tokens = 200;
    private const int Calls = 20;

    public static async Task<IEnumerable<object>> MeasureAsync(LocalChatClient client, string draft)
    {
        var target = client.GetRequiredService<ICausalModel>();
        var prompts = Prompts(client.GetRequiredService<TextTokenizer>(), client.GetRequiredService<ChatTemplate>());
        using var small = CpuModel.Load(EmbeddedModels.Resolve(draft));
        Console.WriteLine();
        List<object> rows = [];
        foreach (var temperature in (float[])[0, 0.8f])
        {
            var services = new DecodingServices();

            // The runtime compiles what runs often once more; what is learnt meanwhile is forgotten.
            for (var i = 0; i < Calls; i++) await RunAsync(target, small, prompts[i % prompts.Count], temperature, i, i % 2 == 0 ? services : null);
            services = new DecodingServices();
            List<double> ratios = [];
            for (var i = 0; i < Calls; i++)
            {
                var prompt = prompts[i % prompts.Count];
                var before = i % 2 == 0 ? await RunAsync(target, small, prompt, temperature, i, null) : default;
                var auto = await RunAsync(target, small, prompt, temperature, i, services);
                var plain = i % 2 == 0 ? before : await RunAsync(target, small, prompt, temperature, i, null);
                if (!plain.Text!.SequenceEqual(auto.Text!)) throw new InvalidOperationException("Speculation changed the text.");
                ratios.Add(plain.Milliseconds / auto.Milliseconds);
            }

            List<double> sorted = [.. ratios.Order()];
            Console.WriteLine($"auto, {Calls} calls of {Tokens} tokens, temperature {temperature}: {sorted[Calls / 2]:0.00} ({sorted[0]:0.00}-{sorted[^1]:0.00}) times the speed of plain decoding, {ratios[0]:0.00} in the first call, {sorted.Count(ratio => ratio < 0.97)} below 0.97");
            rows.Add(new { comparison = "auto over long calls", tokens = Tokens, temperature, speed_over_plain = ratios });
        }

        return rows;
    }

    private static List<int[]> Prompts(TextTokenizer tokenizer, ChatTemplate template) => [.. PromptKind.All()[0].Prompts.Select(prompt => tokenizer.Encode(template.Render(new Dictionary<string, object?>
    {
        ["messages"] = new List<object?> { new Dictionary<string, object?> { ["role"] = "user", ["content"] = prompt } }, ["add_generation_prompt"] = true,
    }), addSpecialTokens: false).ToArray())];

    /// <summary>One call; without end tokens, so that it has its length.</summary>
    /// <param name="services">Where the choice learns; null for no speculation.</param>
    private static async Task<(List<int>? Text, double Milliseconds)> RunAsync(ICausalModel target, CpuModel draft, int[] prompt, float temperature, long seed, DecodingServices? services)
    {
        var decoding = new DecodingOptions { Sampling = new SamplingOptions { Temperature = temperature, Seed = seed }, Speculation = services is null ? null : new AutoSpeculationOptions { Model = "draft" } };
        var watch = Stopwatch.StartNew();
        using var sequence = target.OpenSequence();
        using var drafting = draft.OpenSequence();
        var request = new GenerationRequest
        {
            Sequence = sequence, Prompt = prompt, MaxTokens = Tokens, Plan = DecodingPlan.Compile(decoding, new PlanContext { Model = target.Info, Services = services ?? new DecodingServices() }),
            Drafts = services is null ? [] : [new BranchSource(prompt, drafting)],
        };
        List<int> text = [];
        await foreach (var token in Generator.GenerateAsync(request)) text.Add(token.Id);
        return (text, watch.Elapsed.TotalMilliseconds);
    }
}
