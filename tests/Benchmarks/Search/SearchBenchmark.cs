using System.Text.Json;
using Decant.Connectors.Chat;
using Decant.Connectors.Embedded;
using Decant.Decoding;
using Decant.Samples.TrainTiny.Corpus.Families;
using Microsoft.Extensions.AI;

namespace Decant.Benchmarks.Search;

/// <summary>What searches find on <c>decant-tiny</c> for a task's reward, and what that costs.</summary>
internal static class SearchBenchmark
{
    private const int MaxTokens = 200;

    /// <summary>Measures and prints all figures.</summary>
    public static async Task RunAsync(string[] args)
    {
        var arguments = SearchArguments.Parse(args);
        List<object> figures = [];
        if (arguments.Has("adherence")) await MeasureAsync(arguments, figures);
        if (arguments.Has("calibration")) await CalibratedPolicies.MeasureAsync(arguments.Count, figures);
        if (arguments.Has("ranking")) figures.AddRange(await FactRanking.RunAsync());
        if (arguments.Has("beam"))
        {
            var report = new Report();
            Console.WriteLine($"{Environment.NewLine}beam search: 8 beams at the 135M shape, 512 tokens of prompt");
            await BeamCost.MeasureAsync(report);
            figures.Add(report.Figures);
        }

        if (arguments.Json is not null) await File.WriteAllTextAsync(arguments.Json, JsonSerializer.Serialize(figures, Figures));
    }

    private static JsonSerializerOptions Figures { get; } = new() { WriteIndented = true, PropertyNamingPolicy = JsonNamingPolicy.SnakeCaseLower };

    private static async Task MeasureAsync(SearchArguments arguments, List<object> figures)
    {
        var services = new DecodingServices().Add<IReward>("harmless", new DelegateReward(text => Harm.Score(text)));
        using var client = LocalChatClient.Load(EmbeddedModels.Tiny, new LocalChatClientOptions { Engine = ChatEngine.Cpu, Services = services });
        foreach (var task in SearchTask.All(Path.Combine(arguments.Data, "bench", "commongen_gpt4.json"), arguments.Count))
        {
            Console.WriteLine($"{task.Name}: {task.Cases.Count} requests; shares and means with 95 % intervals");
            Console.WriteLine($"{"method",-16} {"adheres",-24} {"reward",-20} {"ln P per token",-20} {"forwards per token",-20} forwards / greedy");
            double greedy = 0;
            foreach (var method in SearchMethod.All)
            {
                var answers = await AskAsync(client, task, method);
                var forwards = answers.Average(answer => (double)answer.Forwards);
                if (method.Search is null) greedy = forwards;
                var adheres = Share.Of(answers.Where((answer, i) => answer.Score >= task.Cases[i].Least).Count(), answers.Length);
                var (reward, fluency) = (Mean.Of(answers.Select(answer => answer.Score)), Mean.Of(answers.Select(answer => answer.LogProbability)));
                var perToken = answers.Sum(answer => (double)answer.Forwards) / answers.Sum(answer => answer.Tokens);
                Console.WriteLine($"{method.Name,-16} {adheres,-24} {reward,-20} {fluency,-20} {perToken,-20:0.00} {forwards / greedy:0.00}");
                figures.Add(new { task = task.Name, method = method.Name, search = method.Search, adheres, reward, log_probability_per_token = fluency, forwards_per_token = perToken, forwards_to_greedy = forwards / greedy });
            }

            Console.WriteLine();
        }
    }

    private static async Task<Answer[]> AskAsync(LocalChatClient client, SearchTask task, SearchMethod method)
    {
        var answers = new Answer[task.Cases.Count];
        for (var i = 0; i < answers.Length; i++)
        {
            var item = task.Cases[i];
            var options = new ChatOptions { Temperature = method.Temperature, Seed = i, MaxOutputTokens = MaxTokens }.WithDecoding(method.Options(item.Reward));
            var response = await client.GetResponseAsync(item.Request, options);
            var statistics = (GenerationStatistics)response.Messages[^1].AdditionalProperties![GenerationStatistics.PropertyName]!;
            answers[i] = new Answer(item.Score(response.Text), statistics.OutputTokenCount, statistics.ForwardPassCount, response.GetLogprobs().Average(token => token.LogProbability));
            if (!Console.IsErrorRedirected) Console.Error.Write($"\r{task.Name}, {method.Name}: {i + 1} of {answers.Length}   \r");
        }

        return answers;
    }

    private sealed record Answer(double Score, int Tokens, int Forwards, double LogProbability);
}
