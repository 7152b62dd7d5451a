using Decant.Decoding;
using Decant.Samples.TrainTiny.Corpus;
using Decant.Samples.TrainTiny.Corpus.Families;
using Decant.Samples.TrainTiny.Evaluation;
using Decant.Samples.TrainTiny.World;

namespace Decant.Benchmarks.Speculate;

/// <summary>Held-out prompts of one kind.</summary>
/// <param name="Name">What they ask for.</param>
/// <param name="Prompts">The questions, passages included.</param>
/// <param name="Constraint">What a question's answer must look like, or null.</param>
internal sealed record PromptKind(string Name, IReadOnlyList<string> Prompts, Func<string, ConstraintOptions>? Constraint = null)
{
    private const int Each = 24;

    /// <summary>Open text, questions about passages, JSON, and copying as summaries do.</summary>
    public static IReadOnlyList<PromptKind> All()
    {
        var cases = new HeldOutCases(TinyWorld.Default);
        var random = new Random(3);
        return
        [
            new("open text", Questions(cases.Reports.Take(Each / 2).Concat(cases.Stories.Take(Each / 2)).Select(item => item.Example))),
            new("passage QA", Questions(cases.Unseen.Take(Each).Select(item => item.Example))),
            new("JSON", Questions(cases.Json.Take(Each))),
            new("JSON, keys forced", Questions(cases.Json.Take(Each)), prompt => new JsonKeysOptions(JsonKeysOptions.KeysOf(prompt))),
            new("copying", Questions(Enumerable.Range(0, Each).Select(_ => new Echo(TinyWorld.Default).Draw(random)))),
        ];
    }

    private static IReadOnlyList<string> Questions(IEnumerable<Example> examples) => [.. examples.Select(example => example.Turns[^2].Content)];
}
