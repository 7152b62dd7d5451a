using System.Diagnostics;
using Decant.Connectors.Chat;
using Decant.Connectors.Text;
using Decant.Decoding;
using Microsoft.Extensions.AI;

namespace Decant.Tool;

/// <summary>Times calls of a client as a caller sees them. Knows nothing of engines.</summary>
internal sealed class SpeedTest
{
    // Enough for a question, and little beside an answer.
    private const int Question = 16;

    private readonly LocalChatClient _client;
    private readonly TextTokenizer _tokenizer;
    private readonly ChatOptions _options;
    private int _prompts;

    /// <param name="client">Who answers. Its prefix cache should be off.</param>
    /// <param name="promptTokens">Tokens of the long prompt, about; at most half the context.</param>
    /// <param name="outputTokens">Tokens of each answer; at most a quarter of the context.</param>
    public SpeedTest(LocalChatClient client, int promptTokens, int outputTokens)
    {
        _client = client;
        _tokenizer = client.GetService<TextTokenizer>()!;
        var context = client.GetService<ICausalModel>()!.Info.ContextLength;
        PromptTokens = Math.Min(promptTokens, context / 2);
        OutputTokens = Math.Min(outputTokens, context / 4);

        // An answer that ended early would be another measurement.
        var ends = new LogitBiasOptions { Tokens = new(_tokenizer.EndOfTurn.Select(id => KeyValuePair.Create(id, -100f))) };
        _options = new ChatOptions { Temperature = 0, MaxOutputTokens = OutputTokens }.WithDecoding(decoding => decoding.Process(ends));
    }

    public int PromptTokens { get; }

    public int OutputTokens { get; }

    public async Task<IReadOnlyList<Figure>> RunAsync(IReadOnlyList<int> streams, int repeats, IProgress<double> progress, CancellationToken cancellationToken)
    {
        var prompts = new List<double>();
        var rounds = streams.Select(count => (Count: count, All: new List<double>(), Each: new List<double>(), First: new List<double>())).ToList();

        // The first round finds code that is not compiled yet, and does not count. Rounds take turns, so that a slow minute of the machine is everybody's.
        for (var repeat = 0; repeat <= repeats; repeat++)
        {
            var prompt = (await AnswerAsync(PromptTokens, cancellationToken)).Statistics.PrefillTokensPerSecond;
            if (repeat > 0) prompts.Add(prompt);
            foreach (var round in rounds)
            {
                var watch = Stopwatch.StartNew();
                var answers = await Task.WhenAll(Enumerable.Range(0, round.Count).Select(_ => Task.Run(() => AnswerAsync(Question, cancellationToken), cancellationToken)));
                var seconds = watch.Elapsed.TotalSeconds;
                if (repeat == 0) continue;
                round.All.Add(answers.Sum(answer => answer.Statistics.OutputTokenCount) / seconds);
                round.Each.Add(Figure.MedianOf([.. answers.Select(answer => answer.Statistics.TokensPerSecond).Order()]));
                round.First.Add(Figure.MedianOf([.. answers.Select(answer => 1000 * answer.FirstToken.TotalSeconds).Order()]));
            }

            progress.Report((repeat + 1.0) / (repeats + 1));
        }

        return
        [
            Figure.Of("prompt", "tokens/s", prompts),
            .. rounds.SelectMany(round => (Figure[])
            [
                Figure.Of($"{round.Count} at once: all together", "tokens/s", round.All),
                Figure.Of($"{round.Count} at once: each after its first", "tokens/s", round.Each),
                Figure.Of($"{round.Count} at once: first token after", "ms", round.First),
            ]),
        ];
    }

    private async Task<(GenerationStatistics Statistics, TimeSpan FirstToken)> AnswerAsync(int promptTokens, CancellationToken cancellationToken)
    {
        var prompt = Prompt(promptTokens);
        var watch = Stopwatch.StartNew();
        TimeSpan? first = null;
        GenerationStatistics? statistics = null;
        await foreach (var update in _client.GetStreamingResponseAsync(prompt, _options, cancellationToken))
        {
            first ??= watch.Elapsed;
            statistics ??= update.RawRepresentation as GenerationStatistics;
        }

        return (statistics!, first!.Value);
    }

    // No two begin alike.
    private string Prompt(int tokens)
    {
        var words = new List<string> { $"{Interlocked.Increment(ref _prompts)}:" };
        while (_tokenizer.Encode(string.Join(' ', words), addSpecialTokens: false).Length < tokens) words.AddRange(Enumerable.Range(words.Count, Math.Max(1, tokens / 16)).Select(number => $"{number}"));
        return string.Join(' ', words);
    }
}
