using System.Diagnostics;
using Decant.Connectors.Chat;
using Decant.Tests.Conformance;
using Microsoft.Extensions.AI;

namespace Decant.Tests.Connectors.Chat;

/// <summary>Activities: one per call, numbers only, none without a listener.</summary>
public class DecodingTelemetryTests
{
    [Fact]
    public async Task A_call_is_an_activity_and_a_traced_one_has_an_event_per_token()
    {
        using var parent = new Activity("test").Start();
        var activities = new List<Activity>();
        using var listener = new ActivityListener
        {
            ShouldListenTo = source => source.Name == DecodingTelemetry.SourceName,
            Sample = (ref ActivityCreationOptions<ActivityContext> options) => options.Parent.TraceId == parent.TraceId ? ActivitySamplingResult.AllDataAndRecorded : ActivitySamplingResult.None,
            ActivityStopped = activity =>
            {
                if (activity.TraceId == parent.TraceId) activities.Add(activity);
            },
        };
        ActivitySource.AddActivityListener(listener);
        var model = TestChat.Scripted("Secret");
        using var client = TestChat.Client(model, new LocalChatClientOptions { ModelId = "scripted" });
        var response = await client.GetResponseAsync("Hi", new ChatOptions { PresencePenalty = 1 }.WithDecoding(d => d.Trace()));
        Assert.Same(parent, Activity.Current);

        var activity = Assert.Single(activities);
        Assert.Equal("decode scripted", activity.DisplayName);
        Assert.Equal(response.Usage!.InputTokenCount, (int)activity.GetTagItem("gen_ai.usage.input_tokens")!);
        Assert.Equal(7, activity.GetTagItem("gen_ai.usage.output_tokens"));
        Assert.Equal(7, activity.GetTagItem("decant.forwards"));
        Assert.Equal(["stop"], (string[])activity.GetTagItem("gen_ai.response.finish_reasons")!);
        Assert.Equal(["sample", "frequency-presence"], (string[])activity.GetTagItem("decant.strategies")!);
        var tokens = response.GetTrace()!.Tokens;
        Assert.Equal(tokens.Select(token => (object?)token.LogProbability(LogprobStage.Drawn)), activity.Events.Select(each => each.Tags.ToDictionary()["logprob.drawn"]));
        Assert.Equal(tokens.Select(token => (object?)token.LogProbability(LogprobStage.Processed)), activity.Events.Select(each => each.Tags.ToDictionary()["logprob.processors"]));
        Assert.DoesNotContain(activity.TagObjects.Concat(activity.Events.SelectMany(each => each.Tags)), tag => tag.Key.Contains("text", StringComparison.Ordinal) || tag.Key == "id");

        activities.Clear();
        await client.GetResponseAsync("Hi");
        Assert.Empty(Assert.Single(activities).Events);
        Assert.Null(activities[^1].GetTagItem("error.type"));
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => client.GetResponseAsync("Hi", cancellationToken: new CancellationToken(true)));
        Assert.Equal((ActivityStatusCode.Unset, "abandoned"), (activities[^1].Status, activities[^1].GetTagItem("error.type")));
        model.BeforeForward = _ => throw new InvalidOperationException();
        await Assert.ThrowsAsync<InvalidOperationException>(() => client.GetResponseAsync("Hello"));
        Assert.Equal((ActivityStatusCode.Error, null), (activities[^1].Status, activities[^1].StatusDescription));
        Assert.Equal("System.InvalidOperationException", activities[^1].GetTagItem("error.type"));
        var within = new List<string?>();
        model.BeforeForward = _ =>
        {
            within.Add(Activity.Current?.DisplayName);
            return Task.CompletedTask;
        };
        await client.GetResponseAsync("Good day");
        Assert.True(within.Count >= 7);
        Assert.All(within, name => Assert.Equal("decode scripted", name));
        await foreach (var _ in client.GetStreamingResponseAsync("Hi")) break;
        Assert.Equal((ActivityStatusCode.Unset, "abandoned"), (activities[^1].Status, activities[^1].GetTagItem("error.type")));
        Assert.Null(activities[^1].GetTagItem("decant.forwards"));
        Assert.Equal(5, activities.Count);
        Assert.Same(parent, Activity.Current);
    }
}
