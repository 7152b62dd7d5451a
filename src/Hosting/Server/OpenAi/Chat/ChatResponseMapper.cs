using Decant.Connectors.Chat;
using Microsoft.Extensions.AI;

namespace Decant.Hosting.Server;

/// <summary>Turns the responses of a request's calls into one completion. Pure.</summary>
internal static class ChatResponseMapper
{
    /// <param name="id">The completion's id.</param>
    /// <param name="created">When it was made, in Unix seconds.</param>
    /// <param name="model">The model's id.</param>
    /// <param name="responses">At least one.</param>
    public static ChatCompletionBody Map(string id, long created, string model, IReadOnlyList<ChatResponse> responses)
    {
        var indexes = new ChoiceIndexes(responses.Count);
        var choices = responses.SelectMany((response, call) => response.Messages.Select((message, result) => Choice(
            indexes.Of(call, $"{result}"), message, result == 0 ? response.FinishReason : null, responses.Count > 1 && result == 0 ? DecantBody.Of(response) : null)));
        return new ChatCompletionBody(
            id, created, model, [.. choices.OrderBy(choice => choice.Index)], UsageBody.Of([responses.Select(response => response.Usage).OfType<UsageDetails>()]),
            responses is [var only] ? DecantBody.Of(only) : null);
    }

    private static ChatChoiceBody Choice(int index, ChatMessage message, ChatFinishReason? finish, DecantBody? decant)
    {
        var calls = ChatContents.Calls(message.Contents);
        var text = ChatContents.Text(message.Contents);
        var logprobs = new ChatResponse(message).GetLogprobs();
        return new ChatChoiceBody(
            index, new AnswerBody(text ?? (calls is null ? "" : null), ChatContents.Reasoning(message.Contents), calls),
            logprobs.Count > 0 ? new LogprobsBody([.. logprobs.Select(LogprobBody.Of)]) : null,
            (finish ?? (calls is null ? ChatFinishReason.Stop : ChatFinishReason.ToolCalls)).Value, decant);
    }
}
