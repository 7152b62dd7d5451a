using System.Text.Json;
using Decant.Connectors.Chat;
using Decant.Connectors.SemanticKernel;
using Microsoft.Agents.AI;
using Microsoft.Extensions.AI;

namespace Decant.Samples.Agents;

/// <summary>An agent of Agent Framework: each run brings its own way of decoding in its <see cref="ChatOptions"/>.</summary>
internal sealed class FrameworkAgent(LocalChatClient client) : IStepAgent
{
    private readonly ChatClientAgent _agent = new(client, name: "researcher");
    private readonly IReadOnlyList<AITool> _tools = new DecodingPlugin(client).AsTools();

    public string Framework => "Agent Framework";

    public async Task<(string Text, GenerationStatistics Statistics)> AskAsync(Step step, CancellationToken cancellationToken)
    {
        var options = new ChatOptions { MaxOutputTokens = Step.MaxTokens }.WithDecoding(step.Decoding).WithDocuments(step.Passages.Select(passage => new ChatDocument(passage)));
        var response = await _agent.RunAsync(step.Message, options: new ChatClientAgentRunOptions(options), cancellationToken: cancellationToken);
        return (response.Text, (GenerationStatistics)response.Messages[^1].AdditionalProperties![GenerationStatistics.PropertyName]!);
    }

    public async Task<string> CallAsync(string function, IReadOnlyDictionary<string, object?> arguments, CancellationToken cancellationToken)
    {
        var tool = _tools.OfType<AIFunction>().First(tool => tool.Name == function);
        return JsonSerializer.Serialize(await tool.InvokeAsync(new AIFunctionArguments(arguments.ToDictionary()), cancellationToken), JsonSerializerOptions.Web);
    }
}
