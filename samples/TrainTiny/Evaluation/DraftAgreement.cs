using Decant.Connectors.Text;
using Decant.Decoding;
using Decant.Samples.TrainTiny.Corpus;
using Microsoft.Extensions.AI;

namespace Decant.Samples.TrainTiny.Evaluation;

/// <summary>How often a draft model would say what the target says: the share of the target's greedy tokens that are also the draft's.</summary>
internal static class DraftAgreement
{
    private const int LongestAnswer = 200;

    public static async Task<Figure> MeasureAsync(Subject target, Subject draft, IEnumerable<Example> examples)
    {
        var targetModel = target.Client.GetRequiredService<ICausalModel>();
        var draftModel = draft.Client.GetRequiredService<ICausalModel>();
        var tokenizer = target.Client.GetRequiredService<TextTokenizer>();
        int same = 0, all = 0;
        foreach (var example in examples)
        {
            var prompt = tokenizer.Encode(ExampleText.Default.Prompt(example), addSpecialTokens: false);
            var answer = await GreedyAsync(targetModel, prompt, tokenizer.EndOfTurn);
            using var sequence = draftModel.OpenSequence();
            int[] read = [.. prompt, .. answer[..^1]];
            using var result = await sequence.ForwardAsync(new ForwardInput(read) { Logits = LogitsRows.All });
            for (var i = 0; i < answer.Count; i++) same += result.ArgMax(prompt.Length - 1 + i) == answer[i] ? 1 : 0;
            all += answer.Count;
        }

        return new Figure($"greedy tokens of {target.Name} that {draft.Name} predicts", (double)same / all, all, 0.70);
    }

    private static async Task<List<int>> GreedyAsync(ICausalModel model, int[] prompt, IReadOnlyList<int> ends)
    {
        using var sequence = model.OpenSequence();
        var request = new GenerationRequest
        {
            Sequence = sequence,
            Prompt = prompt,
            Plan = DecodingPlan.Compile(new DecodingOptions { Sampling = new SamplingOptions { Temperature = 0 } }),
            MaxTokens = LongestAnswer,
            EndTokens = [.. ends],
        };
        var answer = new List<int>();
        await foreach (var token in Generator.GenerateAsync(request)) answer.Add(token.Id);
        return answer;
    }
}
