using System.Runtime.CompilerServices;
using System.Text.Json;
using Decant.Connectors.SemanticKernel;

namespace Decant.Samples.Agents;

/// <summary>Plan, extract, answer, check: four steps, each decoded in the way that suits it.</summary>
internal static class Workflow
{
    /// <summary>Runs the steps, each with what the ones before have found. Ends behind the last.</summary>
    public static async IAsyncEnumerable<StepResult> RunAsync(IStepAgent agent, Job job, [EnumeratorCancellation] CancellationToken cancellationToken = default)
    {
        var plan = await AskAsync(new Step("plan", $"Tell me the {string.Join(", the ", job.Traits.SkipLast(1))} and the {job.Traits[^1]} of {job.Subject}.", Strategies.Plan(job), []));
        yield return plan;

        var keys = Strategies.Traits(plan.Text);
        string[] members = ["name", .. keys];
        var extracted = await AskAsync(new Step("extract", $"Give me JSON with the keys {string.Join(", ", members[..^1])} and {members[^1]}.", Strategies.Extract(keys), [job.Passages[0]]));
        yield return extracted;

        var answer = await AskAsync(new Step("answer", job.Question, Strategies.Answer, job.Passages));
        yield return answer;

        var arguments = new Dictionary<string, object?> { ["question"] = job.Question, ["answer"] = answer.Text, ["passages"] = job.Passages.ToArray() };
        var sentences = JsonSerializer.Deserialize<SupportedSentence[]>(await agent.CallAsync("check_support", arguments, cancellationToken), JsonSerializerOptions.Web)!;
        var text = string.Join(' ', sentences.Select(sentence => $"{sentence.Sentence} [{sentence.Passage?.ToString() ?? "no passage"}]"));
        yield return new StepResult("check", "check_support", text, null, sentences.All(sentence => sentence.Supported));

        async Task<StepResult> AskAsync(Step step)
        {
            var (said, statistics) = await agent.AskAsync(step, cancellationToken);
            return new StepResult(step.Name, step.Strategy, said, statistics.ForwardPassCount);
        }
    }
}
