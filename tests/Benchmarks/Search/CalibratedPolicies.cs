using Decant.Connectors.Chat;
using Decant.Connectors.Embedded;
using Decant.Decoding;
using Decant.Samples.TrainTiny.Corpus.Families;
using Decant.Samples.TrainTiny.Evaluation;
using Decant.Samples.TrainTiny.World;
using Microsoft.Extensions.AI;

namespace Decant.Benchmarks.Search;

/// <summary>
/// InfAlign on <c>decant-tiny</c>: policies π ∝ π_ref · exp(Φ(C) / β) over the texts that the model draws, β such that all are as far from the model, and how often they win against it, text
/// against text, the best of four against the best of four, and the worst of four against the worst of four.
/// </summary>
/// <remarks>Everything behind the draws is worked out, not drawn: a policy is a weight for each drawn text.</remarks>
internal static class CalibratedPolicies
{
    private const int Texts = 64;
    private const double Divergence = 0.5;
    private const int Best = 4;

    private static readonly CalibrationOptions[] _transforms = [new(Texts), new(Texts, CalibrationTransform.ExpPos), new(Texts, CalibrationTransform.ExpNeg)];

    /// <summary>Measures and prints all figures.</summary>
    public static async Task MeasureAsync(int count, List<object> figures)
    {
        var services = new DecodingServices().Add<IReward>("polite", new DelegateReward(text => Tone.Score(text)));
        using var client = LocalChatClient.Load(EmbeddedModels.Tiny, new LocalChatClientOptions { Engine = ChatEngine.Cpu, Services = services });
        var requests = new HeldOutCases(TinyWorld.Default).Tone.Take(count).Select(example => example.Turns[^2].Content).ToList();
        List<double[]> rewards = [];
        foreach (var (request, i) in requests.Select((request, i) => (request, i)))
        {
            // Politeness and, among texts as polite, easy words.
            var search = new BestOfOptions { N = Texts, Results = Texts, Rewards = [new NamedRewardOptions { Reward = "polite" }, new ReadingLevelRewardOptions { Target = 1, Weight = 0.01 }] };
            var response = await client.GetResponseAsync(request, new ChatOptions { Temperature = 1, Seed = i, MaxOutputTokens = 80 }.WithDecoding(decoding => decoding.Search(search)));
            rewards.Add([.. response.Messages.Select(message => message.GetScore()!.Value)]);
        }

        Console.WriteLine($"calibrated policies: {requests.Count} requests, {Texts} texts each, KL {Divergence} to the model; share of wins against the model, which draws as many, 95 % intervals over requests");
        Console.WriteLine($"{"transform",-12} {"one text",-20} {"best of 4",-20} {"worst of 4",-20} best of 4 over identity");
        var identity = rewards.ConvertAll(scores => Wins(scores, _transforms[0]));
        foreach (var transform in _transforms)
        {
            var wins = rewards.ConvertAll(scores => Wins(scores, transform));
            var (one, best, worst) = (Mean.Of(wins.Select(win => win.One)), Mean.Of(wins.Select(win => win.Best)), Mean.Of(wins.Select(win => win.Worst)));
            var gain = Mean.Of(wins.Select((win, i) => win.Best - identity[i].Best));
            Console.WriteLine($"{transform.Transform,-12} {one,-20} {best,-20} {worst,-20} {gain}");
            figures.Add(new { part = "calibration", transform = transform.Transform.ToString(), one, best_of_4 = best, worst_of_4 = worst, best_over_identity = gain });
        }

        Console.WriteLine();
    }

    private static (double One, double Best, double Worst) Wins(double[] scores, CalibrationOptions transform)
    {
        var weights = Tilted([.. scores.Select(score => transform.Calibrate(score, scores))]);
        var order = Enumerable.Range(0, scores.Length).OrderBy(i => scores[i]).ToList();
        var (one, best, worst, below) = (0.0, 0.0, 0.0, 0.0);
        for (var start = 0; start < order.Count;)
        {
            var end = start;
            var weight = 0.0;
            while (end < order.Count && scores[order[end]] == scores[order[start]]) weight += weights[order[end++]];
            var (lower, upTo) = (start / (double)order.Count, end / (double)order.Count);
            one += weight * (lower + upTo) / 2;
            best += (Math.Pow(below + weight, Best) - Math.Pow(below, Best)) * (Math.Pow(lower, Best) + Math.Pow(upTo, Best)) / 2;

            // The lowest of the model's four is below this with 1 − (1 − share below)⁴.
            worst += (Math.Pow(1 - below, Best) - Math.Pow(Math.Max(0, 1 - below - weight), Best)) * (2 - Math.Pow(1 - lower, Best) - Math.Pow(1 - upTo, Best)) / 2;
            (below, start) = (below + weight, end);
        }

        return (one, best, worst);
    }

    /// <summary>Weights ∝ e^(value / β) whose divergence from equal ones is <see cref="Divergence"/>, or as near to it as they come.</summary>
    private static double[] Tilted(double[] values)
    {
        var (low, high) = (-20.0, 20.0);
        double[] weights = [];
        for (var step = 0; step < 60; step++)
        {
            var middle = (low + high) / 2;
            weights = Weights(values, Math.Exp(middle));
            if (weights.Sum(weight => weight <= 0 ? 0 : weight * Math.Log(weight * weights.Length)) > Divergence) low = middle;
            else high = middle;
        }

        return weights;
    }

    private static double[] Weights(double[] values, double beta)
    {
        var largest = values.Max();
        var weights = values.Select(value => Math.Exp((value - largest) / beta)).ToArray();
        var sum = weights.Sum();
        return [.. weights.Select(weight => weight / sum)];
    }
}
