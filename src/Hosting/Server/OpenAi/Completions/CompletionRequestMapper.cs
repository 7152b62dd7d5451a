using Microsoft.Extensions.AI;

namespace Decant.Hosting.Server;

/// <summary>Turns a request for plain completions into the calls that answer it. Pure.</summary>
internal static class CompletionRequestMapper
{
    // OpenAI's.
    private const int DefaultMaxTokens = 16;
    private const int MostLogprobs = 5;

    /// <param name="request">The request.</param>
    /// <param name="prompts">Its prompts.</param>
    /// <param name="limits">What it may ask for.</param>
    /// <returns>For each prompt all its answers, one prompt after the other.</returns>
    /// <exception cref="ApiException">A member cannot be honoured; the message names it.</exception>
    public static IReadOnlyList<PlannedCall> Map(CompletionRequest request, IReadOnlyList<CompletionPrompt> prompts, DecantServerOptions limits)
    {
        if (!string.IsNullOrEmpty(request.Suffix))
            throw ApiException.Invalid("suffix is not known to the models of this server. To lead over to a text, give \"decoding\": { \"kind\": \"infill\", \"suffix\": … }.", "suffix");
        if (request.BestOf is { } best && best != (request.N ?? 1))
            throw ApiException.Invalid("best_of must be n, or left out. To choose among several answers, give \"decoding\": { \"kind\": \"best-of\", … }.", "best_of");
        if (request.Logprobs is < 0 or > MostLogprobs) throw ApiException.Invalid($"logprobs goes from 0 to {MostLogprobs}.", "logprobs");
        if (request.Echo == true && request.Logprobs is not null)
            throw ApiException.Invalid("echo with logprobs asks for the probabilities of the prompt, which this server does not give. Leave one of them out.", "echo");
        var choices = GenerationMapper.Choices(request, prompts.Count, limits);
        var maxTokens = request.MaxTokens ?? Math.Min(DefaultMaxTokens, limits.MaxOutputTokens ?? DefaultMaxTokens);
        return [.. prompts.SelectMany((prompt, index) => Calls(request, prompt, index, choices, prompts.Count * choices, maxTokens, limits))];
    }

    private static IEnumerable<PlannedCall> Calls(CompletionRequest request, CompletionPrompt prompt, int index, int choices, int answers, int maxTokens, DecantServerOptions limits)
    {
        var options = GenerationMapper.Map(request, maxTokens, limits, answers, prompt.Tokens);
        if (request.Logprobs is { } top) (options.AdditionalProperties!["logprobs"], options.AdditionalProperties["top_logprobs"]) = (true, top);

        // Rewards read the prompt as what was asked.
        ChatMessage[] messages = [new(ChatRole.User, prompt.Text)];
        for (var choice = 0; choice < choices; choice++) yield return new PlannedCall(messages, GenerationMapper.Choice(options, choice), index);
    }
}
