using System.Text.Json;
using Decant.Connectors.Chat;
using Decant.Samples.Agents;

namespace Decant.Tests.Agents;

/// <summary>The sample's steps, on both frameworks.</summary>
public sealed class AgentsTests : IDisposable
{
    private readonly LocalChatClient _client = LocalChatClient.Load();

    public AgentsTests() => Strategies.Register(_client);

    public void Dispose() => _client.Dispose();

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task Each_step_does_its_part_in_its_own_way(bool kernel)
    {
        IStepAgent agent = kernel ? new KernelAgent(_client) : new FrameworkAgent(_client);
        var results = new List<StepResult>();
        await foreach (var result in Workflow.RunAsync(agent, Job.Default)) results.Add(result);

        Assert.Equal(["plan", "extract", "answer", "check"], results.Select(result => result.Name));
        Assert.Equal(["best-of + zero-think + regex", "json-schema", "adaptive-context-aware", "check_support"], results.Select(result => result.Strategy));
        Assert.All(results, result => Assert.True(result.Succeeded));
        Assert.All(results[..3], result => Assert.True(result.Forwards > 0));

        // The plan is one of the best there are: no trait twice.
        var traits = Strategies.Traits(results[0].Text);
        Assert.Equal(results[0].Text, string.Join(", ", traits));
        Assert.InRange(traits.Length, 2, 3);
        Assert.All(traits, trait => Assert.Contains(trait, Job.Default.Traits));

        // Of eight texts, which cost more forwards than one of their length.
        Assert.True(results[0].Forwards > 16);
        using var json = JsonDocument.Parse(results[1].Text);
        Assert.Equal(traits.Prepend("name"), json.RootElement.EnumerateObject().Select(member => member.Name));
        Assert.Equal("Dovitex", json.RootElement.GetProperty("name").GetString());
        var known = new Dictionary<string, string> { ["founder"] = "Zamutha", ["product"] = "drums", ["seat"] = "Mizewick" };
        Assert.All(traits, trait => Assert.Equal(known[trait], json.RootElement.GetProperty(trait).GetString()));
        Assert.Contains("drums", results[2].Text);
        Assert.EndsWith("[1]", results[3].Text);
    }

    [Fact]
    public async Task Both_frameworks_come_to_the_same()
    {
        async Task<List<StepResult>> Run(IStepAgent agent)
        {
            var results = new List<StepResult>();
            await foreach (var result in Workflow.RunAsync(agent, Job.Default)) results.Add(result with { Forwards = null });
            return results;
        }

        Assert.Equal(await Run(new KernelAgent(_client)), await Run(new FrameworkAgent(_client)));
    }

    [Fact]
    public async Task What_no_passage_supports_is_said_to_be_so()
    {
        var job = Job.Default with { Question = "Tell me the product of Dalutex." };
        StepResult? last = null;
        await foreach (var result in Workflow.RunAsync(new KernelAgent(_client), job)) last = result;
        Assert.False(last!.Succeeded);
        Assert.Contains("no passage", last.Text);
    }

    [Fact]
    public void Reports_say_how_and_how_dear()
    {
        var text = Report.Text(new StepResult("plan", "best-of", "a, b", 12));
        Assert.Contains("plan", text);
        Assert.Contains("best-of, 12 forwards", text);
        Assert.EndsWith("a, b", text);
        Assert.DoesNotContain("forwards", Report.Text(new StepResult("check", "check_support", "x", null, false)));
    }
}
