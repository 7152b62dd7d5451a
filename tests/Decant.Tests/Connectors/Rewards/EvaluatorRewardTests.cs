using Decant.Connectors.Chat;
using Decant.Connectors.Rewards;
using Microsoft.Extensions.AI;
using Microsoft.Extensions.AI.Evaluation;

namespace Decant.Tests.Connectors.Rewards;

/// <summary>One metric of an evaluator as a reward.</summary>
public class EvaluatorRewardTests
{
    private static async Task<double> ScoreAsync(EvaluationMetric metric, string wanted = "quality")
        => (await new EvaluatorReward(new Fixed(metric), wanted).ScoreAsync(new RewardContext("Hi"), [new RewardCandidate("Hello")], default))[0];

    [Fact]
    public async Task Numbers_count_as_they_are_and_yes_as_one()
    {
        Assert.Equal(3.5, await ScoreAsync(new NumericMetric("quality", 3.5)));
        Assert.Equal(1, await ScoreAsync(new BooleanMetric("quality", true)));
        Assert.Equal(0, await ScoreAsync(new BooleanMetric("quality", false)));

        // What an evaluator thinks bad is a low score, no fault.
        Assert.Equal(1, await ScoreAsync(new NumericMetric("quality", 1) { Interpretation = new EvaluationMetricInterpretation(EvaluationRating.Unacceptable, failed: true) }));
    }

    [Fact]
    public async Task What_has_no_value_is_a_fault_with_the_diagnostics()
    {
        var unread = new NumericMetric("quality");
        unread.AddDiagnostics(EvaluationDiagnostic.Error("The judge said nothing."));
        Assert.Contains("The judge said nothing.", (await Assert.ThrowsAsync<InvalidOperationException>(() => ScoreAsync(unread))).Message);
        Assert.Contains("\"quality\"", (await Assert.ThrowsAsync<InvalidOperationException>(() => ScoreAsync(new StringMetric("quality", "good")))).Message);
        Assert.Contains("\"quality\"", (await Assert.ThrowsAsync<InvalidOperationException>(() => ScoreAsync(new NumericMetric("other", 1)))).Message);
        Assert.Contains("quality", Assert.Throws<ArgumentException>(() => new EvaluatorReward(new Fixed(unread), "taste")).Message);
    }

    [Fact]
    public async Task The_evaluator_sees_the_call()
    {
        var evaluator = new Fixed(new NumericMetric("quality", 1));
        var more = new Note();
        var reward = new EvaluatorReward(evaluator, "quality", additionalContext: [more]);
        ChatMessage[] messages = [new(ChatRole.System, "Be brief."), new(ChatRole.User, "Hi")];
        await reward.ScoreAsync(new ChatRewardContext(messages), [new RewardCandidate("Hello")], default);
        Assert.Equal(messages, evaluator.Messages);
        Assert.Equal(("Hello", more), (evaluator.Response!.Text, Assert.Single(evaluator.Context)));
        await reward.ScoreAsync(new RewardContext("Hi"), [new RewardCandidate("Hello")], default);
        Assert.Equal("Hi", Assert.Single(evaluator.Messages).Text);
    }

    private sealed class Note() : EvaluationContext("note", "true");

    private sealed class Fixed(EvaluationMetric metric) : IEvaluator
    {
        public IReadOnlyCollection<string> EvaluationMetricNames => ["quality"];

        public List<ChatMessage> Messages { get; private set; } = [];

        public ChatResponse? Response { get; private set; }

        public List<EvaluationContext> Context { get; private set; } = [];

        public ValueTask<EvaluationResult> EvaluateAsync(
            IEnumerable<ChatMessage> messages, ChatResponse modelResponse, ChatConfiguration? chatConfiguration = null, IEnumerable<EvaluationContext>? additionalContext = null, CancellationToken cancellationToken = default)
        {
            (Messages, Response, Context) = ([.. messages], modelResponse, [.. additionalContext ?? []]);
            return new(new EvaluationResult(metric));
        }
    }
}
