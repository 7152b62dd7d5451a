using Decant.Connectors.Chat;
using Microsoft.Extensions.AI;

namespace Decant.Hosting.Server;

/// <summary>Turns the updates of a request's calls into the events of one stream. Knows nothing of HTTP.</summary>
/// <param name="id">The completion's id.</param>
/// <param name="created">When it was made, in Unix seconds.</param>
/// <param name="model">The model's id.</param>
/// <param name="calls">How many calls there are.</param>
/// <param name="includeUsage">Whether the stream ends with the usage.</param>
internal sealed class ChatStreamMapper(string id, long created, string model, int calls, bool includeUsage) : IStreamMapper<ChatChunkBody>
{
    private readonly ChoiceIndexes _indexes = new(calls);
    private readonly List<UsageDetails> _usage = [];
    private readonly CallEndings _endings = new();

    // By choice, how many calls of tools there were.
    private readonly Dictionary<int, int> _toolCalls = [];

    /// <inheritdoc/>
    public IEnumerable<ChatChunkBody> Map(int call, ChatResponseUpdate update)
    {
        if (update.GetBestSoFar() is { } best)
        {
            yield return Chunk([]) with { Decant = new DecantBody { Best = best } };
            yield break;
        }

        _usage.AddRange(update.Contents.OfType<UsageContent>().Select(content => content.Details));
        var index = _indexes.Of(call, update.MessageId);
        var isFirst = _toolCalls.TryAdd(index, 0);
        var toolCalls = ChatContents.Calls(update.Contents, _toolCalls[index]);
        _toolCalls[index] += toolCalls?.Count ?? 0;
        var delta = new DeltaBody(isFirst ? "assistant" : null, ChatContents.Text(update.Contents), ChatContents.Reasoning(update.Contents), toolCalls);
        var logprobs = update.GetLogprobs();
        if (delta != new DeltaBody()) yield return Chunk([new ChunkChoiceBody(index, delta, logprobs.Count > 0 ? new LogprobsBody([.. logprobs.Select(LogprobBody.Of)]) : null)]);
        _endings.Add(call, update);
        if (update.FinishReason is not { } finish) yield break;
        foreach (var chunk in End(call, finish)) yield return chunk;
    }

    /// <inheritdoc/>
    public IEnumerable<ChatChunkBody> End() => includeUsage ? [Chunk([]) with { Usage = UsageBody.Of([_usage]) }] : [];

    // Of several messages the first one's end is the response's.
    private IEnumerable<ChatChunkBody> End(int call, ChatFinishReason finish)
    {
        var endings = _endings.Of(call);
        foreach (var (result, ending) in endings.Index())
        {
            var index = _indexes.Of(call, ending.MessageId);
            var other = _toolCalls[index] > 0 ? ChatFinishReason.ToolCalls : ChatFinishReason.Stop;
            var chunk = Chunk([new ChunkChoiceBody(index, new DeltaBody(), FinishReason: (result == 0 ? finish : other).Value)]);
            yield return result < endings.Count - 1 ? chunk : chunk with { Decant = DecantBody.Of(endings.ToChatResponse()) };
        }
    }

    private ChatChunkBody Chunk(IReadOnlyList<ChunkChoiceBody> choices) => new(id, created, model, choices);
}
