using System.Text.Json;
using Decant.Connectors.Cpu;
using Decant.Decoding;

namespace Decant.Tests.Connectors.Cpu;

/// <summary>Two outside checkpoints with outside numbers.</summary>
public class GoldenModelTests
{
    private static JsonElement Golden(string path) => JsonDocument.Parse(File.ReadAllText(TestData.Path(path))).RootElement;

    private static int[] Ints(JsonElement element) => [.. element.EnumerateArray().Select(value => value.GetInt32())];

    private static async Task<List<int>> Greedy(CpuModel model, int[] prompt, int steps)
    {
        using var sequence = model.OpenSequence();
        var output = new List<int>();
        var next = prompt;
        for (var i = 0; i < steps; i++)
        {
            using var result = await sequence.ForwardAsync(new ForwardInput(next));
            next = [result.ArgMax(0)];
            output.Add(next[0]);
        }

        return output;
    }

    [SkippableFact]
    public async Task Stories_logits_and_greedy_ids_match_the_reference()
    {
        using var model = CpuModel.Load(TestData.Path("weights/stories260K-hf"));
        foreach (var prompt in Golden("weights/stories260K/stories260K.golden.json").GetProperty("prompts").EnumerateArray())
        {
            var ids = Ints(prompt.GetProperty("prompt_ids"));
            using var sequence = model.OpenSequence();
            using var result = await sequence.ForwardAsync(new ForwardInput(ids));
            var expected = prompt.GetProperty("prompt_last_logits").EnumerateArray().Select(value => value.GetSingle()).ToArray();
            for (var i = 0; i < expected.Length; i++) Assert.Equal(expected[i], result.Logits(0)[i], 1e-4f);

            var greedy = Ints(prompt.GetProperty("greedy_ids"));
            Assert.Equal(greedy, await Greedy(model, ids, greedy.Length));
        }
    }

    [SkippableFact]
    public async Task Gpt2_logits_and_greedy_ids_match_the_reference()
    {
        using var model = CpuModel.Load(TestData.Path("weights/tiny_random_gpt2"));
        var golden = Golden("weights/tiny_random_gpt2/golden.json");
        var greedy = golden.GetProperty("greedy");
        var logits = golden.GetProperty("logits");
        for (var i = 0; i < 2; i++)
        {
            var ids = Ints(greedy.GetProperty("input_ids")[i]);
            var expected = Ints(greedy.GetProperty("expected")[i]);
            Assert.Equal(expected[ids.Length..], await Greedy(model, ids, expected.Length - ids.Length));

            using var sequence = model.OpenSequence();
            using var result = await sequence.ForwardAsync(new ForwardInput(ids));
            var sampled = logits.GetProperty("after_prompt")[i];
            for (var k = 0; k < sampled.GetArrayLength(); k++) Assert.Equal(sampled[k].GetSingle(), result.Logits(0)[200 * k], 1e-5f);
        }
    }
}
