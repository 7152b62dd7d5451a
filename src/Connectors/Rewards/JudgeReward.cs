using System.Globalization;
using System.Text.Json;
using Decant.Connectors.Chat;
using Decant.Connectors.Grounding;
using Decant.Decoding;
using Microsoft.Extensions.AI;

namespace Decant.Connectors.Rewards;

/// <summary>A chat model as a judge: asks it for a whole number by a rubric.</summary>
/// <remarks>
/// <para>Of a model in this process, which may be the one that answers, the score is the expected number: each number as a whole answer has a probability, read in one forward for all texts, and these are made
/// to sum to 1. Nothing is drawn, so that a search can tell two texts apart that would get the same number (G-Eval, Liu and others, 2023). Any other model is asked at temperature 0 with a JSON schema, and
/// what it says that is no such number is a fault.</para>
/// <para>Scores whole texts only. As good as the judge; a very small model is none.</para>
/// </remarks>
public sealed class JudgeReward : IReward
{
    private const string ScoreKey = "score";

    private readonly IChatClient _judge;
    private readonly string _rubric;
    private readonly int[] _numbers;
    private readonly bool _isLocal;
    private readonly ConcurrentReward _asked;

    /// <summary>Creates a reward.</summary>
    /// <param name="judge">The model to ask; the caller keeps it.</param>
    /// <param name="rubric">What makes an answer good, for the judge to read.</param>
    /// <param name="lowest">The number for the worst answer.</param>
    /// <param name="highest">The number for the best; above <paramref name="lowest"/>, by 100 at most.</param>
    /// <param name="maxConcurrency">Most questions at once to a judge that is not in this process; at least 1. Default: 4.</param>
    /// <exception cref="ArgumentException">The rubric is empty, or the numbers are no range.</exception>
    public JudgeReward(IChatClient judge, string rubric, int lowest = 1, int highest = 5, int maxConcurrency = 4)
    {
        ArgumentNullException.ThrowIfNull(judge);
        ArgumentException.ThrowIfNullOrWhiteSpace(rubric);
        if (highest <= lowest || (long)highest - lowest > 100) throw new ArgumentOutOfRangeException(nameof(highest), highest, $"The highest number must be above {lowest}, by 100 at most.");
        (_judge, _rubric, _numbers) = (judge, rubric, [.. Enumerable.Range(lowest, highest - lowest + 1)]);
        _isLocal = judge.GetService<ICausalModel>() is not null;
        _asked = new ConcurrentReward(AskAsync, maxConcurrency);
    }

    /// <inheritdoc/>
    public bool ScoresPartial => false;

    /// <inheritdoc/>
    public double Minimum => _numbers[0];

    /// <inheritdoc/>
    public double Maximum => _numbers[^1];

    /// <inheritdoc/>
    public int MaxBatch => _isLocal ? 16 : int.MaxValue;

    /// <inheritdoc/>
    public ValueTask<IReadOnlyList<double>> ScoreAsync(RewardContext context, IReadOnlyList<RewardCandidate> candidates, CancellationToken cancellationToken)
        => _isLocal ? ExpectAsync(context, candidates, cancellationToken) : _asked.ScoreAsync(context, candidates, cancellationToken);

    private async ValueTask<IReadOnlyList<double>> ExpectAsync(RewardContext context, IReadOnlyList<RewardCandidate> candidates, CancellationToken cancellationToken)
    {
        using var scorer = new PromptScorer(_judge);
        var options = new ChatOptions { Reasoning = new ReasoningOptions { Effort = ReasoningEffort.None } };
        List<int[]> prompts = [.. candidates.Select(candidate => scorer.Prompt([Question(context, candidate)], options, BranchPrompt.Same))];
        List<int[]> answers = [.. _numbers.Select(number => scorer.Encode(number.ToString(CultureInfo.InvariantCulture), ended: true))];
        var scores = await scorer.ScoreAsync(prompts, answers, cancellationToken).ConfigureAwait(false);
        return [.. scores.Select(score => Expected([.. score.Select(tokens => tokens.Sum())]))];
    }

    private double Expected(double[] logProbabilities)
    {
        var total = PromptScorer.LogSumExp(logProbabilities);
        return logProbabilities.Zip(_numbers, (logProbability, number) => Math.Exp(logProbability - total) * number).Sum();
    }

    private async ValueTask<double> AskAsync(RewardContext context, RewardCandidate candidate, CancellationToken cancellationToken)
    {
        using var schema = JsonDocument.Parse(
            $$"""{"type":"object","properties":{"{{ScoreKey}}":{"type":"integer","minimum":{{_numbers[0]}},"maximum":{{_numbers[^1]}} } },"required":["{{ScoreKey}}"],"additionalProperties":false}""");
        var options = new ChatOptions { Temperature = 0, ResponseFormat = ChatResponseFormat.ForJsonSchema(schema.RootElement.Clone(), ScoreKey) };
        var response = await _judge.GetResponseAsync(Question(context, candidate), options, cancellationToken).ConfigureAwait(false);
        try
        {
            using var answer = JsonDocument.Parse(response.Text);
            if (answer.RootElement.GetProperty(ScoreKey).GetInt32() is var score && score >= _numbers[0] && score <= _numbers[^1]) return score;
        }
        catch (Exception exception) when (exception is JsonException or InvalidOperationException or KeyNotFoundException or FormatException)
        {
            // Said below, with what it was.
        }

        throw new InvalidOperationException($"The judge must answer {{\"{ScoreKey}\": a whole number from {_numbers[0]} to {_numbers[^1]}}}, but said: \"{response.Text}\". Use a model that follows JSON schemas.");
    }

    private ChatMessage Question(RewardContext context, RewardCandidate candidate)
    {
        var messages = ChatRewardContext.MessagesOf(context);
        var request = messages.Count == 1 ? messages[0].Text : string.Join('\n', messages.Select(message => $"{message.Role}: {message.Text}"));
        return new ChatMessage(ChatRole.User,
            $"{_rubric}\n\nRequest:\n{request}\n\nAnswer:\n{candidate.Text}\n\nHow good is the answer? Reply with a whole number from {_numbers[0]} (worst) to {_numbers[^1]} (best) and nothing else.");
    }
}
