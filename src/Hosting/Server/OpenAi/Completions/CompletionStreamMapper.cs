using Decant.Connectors.Chat;
using Microsoft.Extensions.AI;

namespace Decant.Hosting.Server;

/// <summary>Turns the updates of a request's calls into the events of one stream. Knows nothing of HTTP.</summary>
/// <param name="id">The completion's id.</param>
/// <param name="created">When it was made, in Unix seconds.</param>
/// <param name="model">The model's id.</param>
/// <param name="calls">The calls.</param>
/// <param name="echoes">The prompts where the answers begin with them; else null.</param>
/// <param name="includeUsage">Whether the stream ends with the usage.</param>
internal sealed class CompletionStreamMapper(string id, long created, string model, IReadOnlyList<PlannedCall> calls, IReadOnlyList<CompletionPrompt>? echoes, bool includeUsage) : IStreamMapper<CompletionBody>
{
    private readonly ChoiceIndexes _indexes = new(calls.Count);
    private readonly Dictionary<int, CompletionLogprobs> _logprobs = [];
    private readonly List<(int Prompt, UsageDetails Usage)> _usage = [];
    private readonly CallEndings _endings = new();

    /// <inheritdoc/>
    public IEnumerable<CompletionBody> Map(int call, ChatResponseUpdate update)
    {
        if (update.GetBestSoFar() is { } best)
        {
            yield return Event([]) with { Decant = new DecantBody { Best = best } };
            yield break;
        }

        _usage.AddRange(update.Contents.OfType<UsageContent>().Select(content => (calls[call].Prompt, content.Details)));
        _endings.Add(call, update);
        var index = _indexes.Of(call, update.MessageId);
        var isFirst = _logprobs.TryAdd(index, new CompletionLogprobs());
        var text = (isFirst ? echoes?[calls[call].Prompt].Text : null) + update.Text;
        var logprobs = _logprobs[index].Map(update.GetLogprobs());
        if (text.Length > 0 || logprobs is not null) yield return Event([new CompletionChoiceBody(index, text, logprobs)]);
        if (update.FinishReason is null) yield break;
        var messages = _endings.Of(call);
        foreach (var (result, message) in messages.Index())
        {
            var finish = result == 0 ? update.FinishReason.Value : ChatFinishReason.Stop;
            var last = Event([new CompletionChoiceBody(_indexes.Of(call, message.MessageId), "", FinishReason: finish.Value)]);
            yield return result < messages.Count - 1 ? last : last with { Decant = DecantBody.Of(messages.ToChatResponse()) };
        }
    }

    /// <inheritdoc/>
    public IEnumerable<CompletionBody> End()
        => includeUsage ? [Event([]) with { Usage = UsageBody.Of(_usage.GroupBy(used => used.Prompt, used => used.Usage)) }] : [];

    private CompletionBody Event(IReadOnlyList<CompletionChoiceBody> choices) => new(id, created, model, choices);
}
