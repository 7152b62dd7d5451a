using Decant.Connectors.Chat;
using Microsoft.Extensions.AI;

namespace Decant.Hosting.Server;

/// <summary>Turns the responses of a request's calls into one completion. Pure.</summary>
internal static class CompletionResponseMapper
{
    /// <param name="id">The completion's id.</param>
    /// <param name="created">When it was made, in Unix seconds.</param>
    /// <param name="model">The model's id.</param>
    /// <param name="calls">The calls.</param>
    /// <param name="responses">Their responses.</param>
    /// <param name="echoes">The prompts where the answers begin with them; else null.</param>
    public static CompletionBody Map(string id, long created, string model, IReadOnlyList<PlannedCall> calls, IReadOnlyList<ChatResponse> responses, IReadOnlyList<CompletionPrompt>? echoes)
    {
        var indexes = new ChoiceIndexes(calls.Count);
        var choices = responses.SelectMany((response, call) => response.Messages.Select((message, result) => new CompletionChoiceBody(
            indexes.Of(call, $"{result}"),
            echoes?[calls[call].Prompt].Text + message.Text,
            new CompletionLogprobs().Map(new ChatResponse(message).GetLogprobs()),
            ((result == 0 ? response.FinishReason : null) ?? ChatFinishReason.Stop).Value,
            responses.Count > 1 && result == 0 ? DecantBody.Of(response) : null)));
        var usage = responses.Select((response, call) => (response.Usage, calls[call].Prompt)).GroupBy(used => used.Prompt, used => used.Usage);
        return new CompletionBody(id, created, model, [.. choices.OrderBy(choice => choice.Index)], UsageBody.Of(usage.Select(group => group.OfType<UsageDetails>())), responses is [var only] ? DecantBody.Of(only) : null);
    }
}
