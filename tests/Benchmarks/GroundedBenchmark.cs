using System.Text.Json;
using Decant.Benchmarks.Grounded;
using Decant.Connectors.Chat;
using Decant.Connectors.Embedded;
using Decant.Decoding;
using Decant.Samples.TrainTiny.Corpus;
using Decant.Samples.TrainTiny.Corpus.Families;
using Decant.Samples.TrainTiny.Evaluation;
using Decant.Samples.TrainTiny.Grammar;
using Decant.Samples.TrainTiny.World;
using Microsoft.Extensions.AI;

namespace Decant.Benchmarks;

/// <summary>
/// Whether answers follow passages, on <c>decant-tiny</c>: followed where the passage contradicts what the model knows, right where it agrees. And how far two small models
/// move its tone.
/// </summary>
internal static class GroundedBenchmark
{
    private static readonly (string Name, string? Decoding)[] _methods =
    [
        ("greedy", null),
        ("CAD 0.5", """{"kind":"context-aware","alpha":0.5}"""),
        ("CAD 1", """{"kind":"context-aware","alpha":1}"""),
        ("CAD 2", """{"kind":"context-aware","alpha":2}"""),
        ("AdaCAD", "adaptive-context-aware"),
        ("AdaCAD, bits", """{"kind":"adaptive-context-aware","divergence_base":"two"}"""),
        ("COIECD", "entropy-constrained-context"),
        ("CFG 1.5", """{"kind":"guidance","scale":1.5}"""),
    ];

    private static readonly (string Name, string? Decoding)[] _tones =
    [
        ("untouched", null),
        ("proxy-tuned", """{"kind":"proxy-tuning","expert":"decant-tiny-polite","anti_expert":"decant-tiny-plain"}"""),
    ];

    /// <summary>Measures and prints all figures.</summary>
    public static async Task RunAsync(string[] args)
    {
        var json = Report.FileOf(args);
        var cases = new HeldOutCases(TinyWorld.Default);
        using var client = LocalChatClient.Load(EmbeddedModels.Tiny, new LocalChatClientOptions { Engine = ChatEngine.Cpu });
        List<object> rows = [];
        Console.WriteLine($"passages: {cases.Contradicting.Count} that contradict what decant-tiny knows, {cases.Agreeing.Count} that agree; greedy; shares with 95 % intervals (Wilson)");
        Console.WriteLine($"{"method",-14} {"contradicting followed",-28} {"agreeing right",-28} forwards per token");
        foreach (var (name, decoding) in _methods)
        {
            var conflict = await AskAsync(client, [.. cases.Contradicting.Select(item => item.Example)], decoding, 0);
            var agreement = await AskAsync(client, [.. cases.Agreeing.Select(item => item.Example)], decoding, 0);
            var followed = Share.Of(conflict.Where((answer, i) => TextSearch.HasWord(answer.Text, cases.Contradicting[i].Told)).Count(), conflict.Length);
            var right = Share.Of(agreement.Where((answer, i) => TextSearch.HasWord(answer.Text, cases.Agreeing[i].Value)).Count(), agreement.Length);
            var forwards = conflict.Concat(agreement).Sum(answer => answer.Forwards) / (double)conflict.Concat(agreement).Sum(answer => answer.Tokens);
            Console.WriteLine($"{name,-14} {followed,-28} {right,-28} {forwards:0.00}");
            rows.Add(new { method = name, decoding, contradicting_followed = followed, agreeing_right = right, forwards_per_token = forwards });
        }

        Console.WriteLine();
        Console.WriteLine($"tone: {cases.Tone.Count} requests, temperature 1");
        foreach (var (name, decoding) in _tones)
        {
            var answers = await AskAsync(client, cases.Tone, decoding, 1);
            var polite = Share.Of(answers.Count(answer => Tone.Score(answer.Text) > 0), answers.Length);
            Console.WriteLine($"{name,-12} polite {polite}");
            rows.Add(new { method = name, decoding, polite });
        }

        Console.WriteLine();
        const int questions = 100;
        var lists = await new ListQuestions(client).MeasureAsync(questions, seed: 1);
        var gain = lists.Select(found => (double)(found.Navigated - found.Sampled)).ToList();
        var half = 1.96 * Math.Sqrt(gain.Sum(value => Math.Pow(value - gain.Average(), 2)) / (gain.Count - 1) / gain.Count);
        var (navigated, sampled) = (lists.Average(found => found.Navigated), lists.Average(found => found.Sampled));
        Console.WriteLine($"lists: {questions} questions with 4 right answers, 4 answers each: found {navigated:0.00} by navigation, {sampled:0.00} by top-40 sampling; difference {gain.Average():0.00} ± {half:0.00}");
        rows.Add(new { method = "in-context navigation", questions, navigated, sampled, difference = gain.Average(), half_width_95 = half });

        if (json is not null) await File.WriteAllTextAsync(json, JsonSerializer.Serialize(rows, Figures));
    }

    private static JsonSerializerOptions Figures { get; } = new() { WriteIndented = true, PropertyNamingPolicy = JsonNamingPolicy.SnakeCaseLower };

    private static async Task<Reply[]> AskAsync(LocalChatClient client, IReadOnlyList<Example> examples, string? decoding, float temperature)
    {
        var replies = new Reply[examples.Count];
        await Parallel.ForAsync(0, examples.Count, new ParallelOptions { MaxDegreeOfParallelism = 8 }, async (i, cancel) =>
        {
            var (passage, question) = Split(examples[i].Turns[^2].Content);
            var options = new ChatOptions { Temperature = temperature, Seed = i, MaxOutputTokens = 80 };
            if (passage is not null) options.WithDocuments([new ChatDocument(passage)]);
            if (decoding is not null) options.WithDecoding(DecodingOptions.Read(decoding));
            var response = await client.GetResponseAsync(question, options, cancel);
            var statistics = (GenerationStatistics)response.Messages[^1].AdditionalProperties![GenerationStatistics.PropertyName]!;
            replies[i] = new Reply(response.Text, statistics.OutputTokenCount, statistics.ForwardPassCount);
        });
        return replies;
    }

    // "Passage: …", an empty line, the question: as the template writes documents.
    private static (string? Passage, string Question) Split(string content)
    {
        const string mark = "Passage: ";
        var end = content.IndexOf("\n\n", StringComparison.Ordinal);
        return content.StartsWith(mark, StringComparison.Ordinal) && end > 0 ? (content[mark.Length..end], content[(end + 2)..]) : (null, content);
    }

    private sealed record Reply(string Text, int Tokens, int Forwards);
}
