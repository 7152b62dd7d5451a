using System.Text;

namespace Decant.Tests;

/// <summary>A model of a few letters (ids 1 …, the end is 0) whose next-letter probabilities are a function of the text so far, and searches run on it.</summary>
/// <param name="letters">The letters.</param>
/// <param name="row">Fills the probabilities of the end ($) and of letters that follow a text.</param>
/// <param name="contextLength">Most tokens, the prompt's one included.</param>
internal sealed class SearchToy(string letters, Action<string, IDictionary<char, double>> row, int contextLength = 64) : IDisposable
{
    public const char End = '$';

    public TestVocabulary Vocabulary { get; } = new(["</s>", .. letters.Select(letter => letter.ToString())]);

    public TableModel Model { get; } = new(letters.Length + 1, (tokens, logits) =>
    {
        var probabilities = new Dictionary<char, double>();
        row(string.Concat(tokens[1..].ToArray().Select(token => token == 0 ? End : letters[token - 1])), probabilities);
        for (var id = 0; id < logits.Length; id++) logits[id] = (float)Math.Log(probabilities.GetValueOrDefault(id == 0 ? End : letters[id - 1]));
    }, contextLength);

    /// <summary>What options may name.</summary>
    public DecodingServices Services { get; } = new();

    /// <summary>What the last run counted.</summary>
    public GenerationRequest Last { get; private set; } = null!;

    /// <summary>What the last run's search reported.</summary>
    public List<(string Text, double Score)> Reports { get; } = [];

    /// <summary>A reward of the text, registered under a name.</summary>
    public NamedRewardOptions Reward(Func<string, double> score, string name = "reward", bool scoresPartial = true) => Reward(new DelegateReward(score, scoresPartial), name);

    public NamedRewardOptions Reward(IReward reward, string name = "reward")
    {
        Services.Add(name, reward);
        return new NamedRewardOptions { Reward = name };
    }

    public DecodingPlan Plan(SearchOptions? search, SamplerOptions? sampling = null, params ConstraintOptions[] constraints)
        => Plan(new DecodingOptions { Search = search, Sampling = sampling ?? new SamplingOptions { Seed = 1 }, Constraints = [.. constraints] });

    public DecodingPlan Plan(DecodingOptions options) => DecodingPlan.Compile(options, Vocabulary.Context with { Services = Services, Model = Model.Info });

    /// <summary>The texts that a plan answers with, each with its score; an end token is written $.</summary>
    public List<(string Text, double? Score, FinishKind? Finish)> Run(DecodingPlan plan, int maxTokens = 20, CancellationToken cancellationToken = default)
    {
        using var sequence = Model.OpenSequence();
        Last = new GenerationRequest { Sequence = sequence, Prompt = new[] { 1 }, Plan = plan, MaxTokens = maxTokens, EndTokens = [0], ReportsProgress = true };
        Reports.Clear();
        List<(StringBuilder Text, double? Score, FinishKind? Finish)> results = [];
        foreach (var token in Generator.GenerateAsync(Last, cancellationToken).ToBlockingEnumerable(cancellationToken))
        {
            if (token.Progress is { } progress)
            {
                Reports.Add((string.Concat(progress.Tokens.Select(Letter)), progress.Score));
                continue;
            }

            if (token.Result == results.Count) results.Add((new StringBuilder(), null, null));
            results[^1].Text.Append(Letter(token.Id));
            results[^1] = (results[^1].Text, token.Score, token.Finish);
        }

        Assert.Equal((0, 1), (Model.OpenResults, Model.OpenSequences));
        return results.ConvertAll(result => (result.Text.ToString(), result.Score, result.Finish));
    }

    /// <summary>The first of them.</summary>
    public string Text(DecodingPlan plan, int maxTokens = 20) => Run(plan, maxTokens)[0].Text;

    /// <summary>Every text of at most so many tokens that ends, or is as long, with its probability.</summary>
    public Dictionary<string, double> Enumerate(int maxTokens)
    {
        var all = new Dictionary<string, double>();
        void Walk(string text, double mass)
        {
            if (text.EndsWith(End) || text.Length == maxTokens)
            {
                all[text] = mass;
                return;
            }

            foreach (var (letter, probability) in Next(text)) Walk(text + letter, mass * probability);
        }

        Walk("", 1);
        return all;
    }

    /// <summary>The probabilities of what may follow a text.</summary>
    public Dictionary<char, double> Next(string text)
    {
        var probabilities = new Dictionary<char, double>();
        row(text, probabilities);
        var sum = probabilities.Values.Sum();
        return probabilities.Where(pair => pair.Value > 0).ToDictionary(pair => pair.Key, pair => pair.Value / sum);
    }

    public void Dispose() => Model.Dispose();

    private char Letter(int token) => token == 0 ? End : letters[token - 1];
}
