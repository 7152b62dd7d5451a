using Decant.Connectors.Chat;
using Decant.Decoding;
using Microsoft.Extensions.AI;
using Microsoft.Extensions.AI.Evaluation;

namespace Decant.Connectors.Rewards;

/// <summary>A reward that is one metric of an evaluator of Microsoft.Extensions.AI.Evaluation: a number as it is, yes as 1 and no as 0.</summary>
/// <remarks>
/// Scores whole texts only. An evaluator that gives no such metric, or one without a value, is a fault whose message has the evaluator's own diagnostics. How it interprets a value (good, failed) does not count.
/// </remarks>
public sealed class EvaluatorReward : IReward
{
    private readonly ConcurrentReward _each;

    /// <summary>Creates a reward.</summary>
    /// <param name="evaluator">The evaluator.</param>
    /// <param name="metric">The metric's name, one of its <see cref="IEvaluator.EvaluationMetricNames"/>.</param>
    /// <param name="configuration">The model that the evaluator asks, where it asks one; it may be the one that answers.</param>
    /// <param name="additionalContext">What else the evaluator needs, such as the ground truth; the same for every text.</param>
    /// <param name="maxConcurrency">Most texts at once; at least 1. Default: 4.</param>
    /// <exception cref="ArgumentException">The evaluator has no metric of that name; the message lists those it has.</exception>
    public EvaluatorReward(IEvaluator evaluator, string metric, ChatConfiguration? configuration = null, IEnumerable<EvaluationContext>? additionalContext = null, int maxConcurrency = 4)
    {
        ArgumentNullException.ThrowIfNull(evaluator);
        if (!evaluator.EvaluationMetricNames.Contains(metric))
            throw new ArgumentException($"{evaluator.GetType().Name} has no metric \"{metric}\". Its metrics: {string.Join(", ", evaluator.EvaluationMetricNames)}.", nameof(metric));
        EvaluationContext[] more = [.. additionalContext ?? []];
        _each = new ConcurrentReward(async (context, candidate, cancellationToken) =>
        {
            var response = new ChatResponse(new ChatMessage(ChatRole.Assistant, candidate.Text));
            return Value(metric, await evaluator.EvaluateAsync(ChatRewardContext.MessagesOf(context), response, configuration, more, cancellationToken).ConfigureAwait(false));
        }, maxConcurrency);
    }

    /// <inheritdoc/>
    public bool ScoresPartial => false;

    /// <inheritdoc/>
    public ValueTask<IReadOnlyList<double>> ScoreAsync(RewardContext context, IReadOnlyList<RewardCandidate> candidates, CancellationToken cancellationToken)
        => _each.ScoreAsync(context, candidates, cancellationToken);

    private static double Value(string name, EvaluationResult result)
    {
        result.Metrics.TryGetValue(name, out var metric);
        return metric switch
        {
            NumericMetric { Value: { } number } => number,
            BooleanMetric { Value: { } yes } => yes ? 1 : 0,
            StringMetric => throw new InvalidOperationException($"The metric \"{name}\" is a text. Use one that is a number or yes or no."),
            _ => throw new InvalidOperationException($"The evaluator gave no value of \"{name}\". {string.Join(" ", metric?.Diagnostics?.Select(diagnostic => diagnostic.Message) ?? [])}".TrimEnd()),
        };
    }
}
