using System.Runtime.CompilerServices;
using Decant.Connectors.Prompting;
using Decant.Connectors.Text;
using Decant.Decoding;
using Microsoft.Extensions.AI;

namespace Decant.Connectors.Chat;

/// <summary>One call: prompt to tokens, tokens to updates. Knows nothing of <see cref="ChatOptions"/>.</summary>
internal sealed class ChatRun(
    ICausalModel model, TextTokenizer tokenizer, ChatTemplate template, ControlTokenGuard guard, PrefixCache prefixes, Lifetime lifetime,
    LocalChatClientOptions options, string modelId, ChatRequest request)
{
    private readonly string _responseId = Guid.NewGuid().ToString("N");
    private readonly string _messageId = Guid.NewGuid().ToString("N");
    private readonly DateTimeOffset _createdAt = options.TimeProvider.GetUtcNow();

    public async IAsyncEnumerable<ChatResponseUpdate> RunAsync([EnumeratorCancellation] CancellationToken cancellationToken)
    {
        lifetime.Enter();
        try
        {
            await LeaveCallersThread();
            cancellationToken.ThrowIfCancellationRequested();
            var text = template.Render(guard.Mark(request.TemplateVariables));
            var prompt = guard.Encode(text, addSpecialTokens: ReferenceEquals(template, ChatTemplate.Plain));
            if (prompt.Length == 0) throw new ArgumentException("The chat template makes no text of these messages. Send a message with text.");
            if (prompt.Max() is var largest && largest >= model.Info.VocabularySize)
                throw new InvalidDataException($"The prompt's token '{tokenizer.Decode([largest], skipSpecialTokens: false)}' has the id {largest}, but the model knows {model.Info.VocabularySize} tokens. Tokenizer and weights do not belong together.");
            if (prompt.Length > model.Info.ContextLength) throw new ContextOverflowException(prompt.Length, model.Info.ContextLength);

            List<int> tokens = [.. prompt];
            var sequence = prefixes.Rent(prompt);
            try
            {
                var cached = sequence.Length;
                var meter = new GenerationMeter(options.TimeProvider);
                var answer = CreateReader(text);
                await using var generation = Generator.GenerateAsync(CreateRequest(sequence, prompt, meter), cancellationToken).GetAsyncEnumerator(cancellationToken);
                while (answer.FinishReason is null && await meter.MoveNextAsync(generation))
                {
                    lifetime.ThrowIfEnded();
                    tokens.Add(generation.Current.Id);
                    var contents = answer.Append(generation.Current);
                    if (contents.Count == 0) continue;
                    yield return Update(contents);
                    await LeaveCallersThread();
                }

                yield return LastUpdate(answer, meter, prompt.Length, cached);
            }
            finally
            {
                prefixes.Return(sequence, tokens, prompt.Length);
            }
        }
        finally
        {
            lifetime.Leave();
        }
    }

    // A lone request's forwards run on the thread that asks for the next update, which may be one that must not block.
    private static ConfiguredTaskAwaitable LeaveCallersThread() => Task.CompletedTask.ConfigureAwait(ConfigureAwaitOptions.ForceYielding);

    private AnswerReader CreateReader(string prompt)
    {
        // Only a template opens the reasoning at the very end; a mark before that may be anybody's words.
        var splitter = (template.Reasoning ?? ReasoningFormat.Detect(tokenizer)) is { } format
            ? new ReasoningSplitter(format, startsInside: prompt.AsSpan().TrimEnd().EndsWith(format.Open))
            : null;
        return new AnswerReader(
            new IncrementalDetokenizer(tokenizer, wholeGraphemes: false), new StopMatcher([.. request.StopSequences, .. template.StopSequences]), splitter, request.DropReasoning);
    }

    private GenerationRequest CreateRequest(ISequence sequence, int[] prompt, GenerationMeter meter) => new()
    {
        Sequence = sequence,
        Cached = prompt.AsMemory(0, sequence.Length),
        Prompt = prompt.AsMemory(sequence.Length),
        Sampling = request.Sampling,
        MaxTokens = request.MaxOutputTokens,
        EndTokens = [.. tokenizer.EndOfTurn, .. ControlTokens(request.StopSequences)],
        PrefillChunk = options.PrefillChunk,
        PrefillProgress = _ => meter.PrefillForwardCount++,
    };

    // Control tokens have no text in which a stop string could be found.
    private IEnumerable<int> ControlTokens(IEnumerable<string> stops) => stops.Select(tokenizer.Find).OfType<int>().Where(tokenizer.IsSpecial);

    private ChatResponseUpdate Update(IList<AIContent> contents) => new(ChatRole.Assistant, contents)
    {
        ResponseId = _responseId,
        MessageId = _messageId,
        CreatedAt = _createdAt,
        ModelId = modelId,
    };

    private ChatResponseUpdate LastUpdate(AnswerReader answer, GenerationMeter meter, int promptLength, int cached)
    {
        var statistics = new GenerationStatistics
        {
            PromptTokenCount = promptLength,
            CachedPromptTokenCount = cached,
            OutputTokenCount = answer.TokenCount,
            ReasoningTokenCount = answer.ReasoningTokenCount,
            ForwardPassCount = meter.PrefillForwardCount + answer.TokenCount - 1,
            PrefillDuration = meter.PrefillDuration,
            DecodeDuration = meter.DecodeDuration,
        };
        var usage = new UsageDetails
        {
            InputTokenCount = statistics.PromptTokenCount,
            CachedInputTokenCount = statistics.CachedPromptTokenCount,
            OutputTokenCount = statistics.OutputTokenCount,
            ReasoningTokenCount = statistics.ReasoningTokenCount,
            TotalTokenCount = statistics.PromptTokenCount + statistics.OutputTokenCount,
            AdditionalCounts = new() { ["ForwardPassCount"] = statistics.ForwardPassCount },
        };
        var update = Update([new UsageContent(usage)]);
        update.FinishReason = answer.FinishReason;
        update.RawRepresentation = statistics;
        update.AdditionalProperties = new() { [GenerationStatistics.PropertyName] = statistics };
        return update;
    }
}
