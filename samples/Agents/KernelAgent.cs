using System.Text.Json;
using Decant.Connectors.Chat;
using Decant.Connectors.SemanticKernel;
using Microsoft.Extensions.AI;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.SemanticKernel;
using Microsoft.SemanticKernel.ChatCompletion;

namespace Decant.Samples.Agents;

/// <summary>An agent on Semantic Kernel: each call brings its own way of decoding in its settings, and the plugin's functions are the kernel's.</summary>
internal sealed class KernelAgent : IStepAgent
{
    private readonly Kernel _kernel;

    public KernelAgent(LocalChatClient client)
    {
        var builder = Kernel.CreateBuilder();
        builder.Services.AddSingleton(client.AsChatCompletionService());
        builder.Plugins.AddFromObject(new DecodingPlugin(client), "decoding");
        _kernel = builder.Build();
    }

    public string Framework => "Semantic Kernel";

    public async Task<(string Text, GenerationStatistics Statistics)> AskAsync(Step step, CancellationToken cancellationToken)
    {
        var settings = new LocalPromptExecutionSettings { MaxTokens = Step.MaxTokens, Decoding = step.Decoding, Documents = [.. step.Passages.Select(passage => new ChatDocument(passage))] };
        var service = _kernel.GetRequiredService<IChatCompletionService>();
        var answer = await service.GetChatMessageContentAsync(step.Message, settings, _kernel, cancellationToken);
        return (answer.Content ?? "", (GenerationStatistics)answer.Metadata![GenerationStatistics.PropertyName]!);
    }

    public async Task<string> CallAsync(string function, IReadOnlyDictionary<string, object?> arguments, CancellationToken cancellationToken)
    {
        var result = await _kernel.InvokeAsync("decoding", function, new KernelArguments(arguments.ToDictionary()), cancellationToken);
        return JsonSerializer.Serialize(result.GetValue<object>(), JsonSerializerOptions.Web);
    }
}
