using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using Decant.Connectors.Prompting;
using Decant.Connectors.Text;
using Decant.Decoding;
using Microsoft.Extensions.AI;

namespace Decant.Connectors.Chat;

/// <summary>One call: prompt to tokens, tokens to updates. Knows nothing of <see cref="ChatOptions"/>.</summary>
internal sealed class ChatRun(
    LoadedModel target, NamedModels models, Lifetime lifetime, CallGate gate, TokenCounter tokens, LocalChatClientOptions options, string modelId, ChatRequest request)
{
    // What the target reads is for the contrast to say: it may want another prompt than the call's own.
    private readonly BranchPrompt _prompt = request.Plan.Contrast?.Branches[0].Prompt ?? BranchPrompt.Same;
    private readonly QueryRewriter _rewriter = new(request.Plan, options.Services);
    private readonly CallScope _scope = new(request.Turn.Priority);
    private readonly long _start = options.TimeProvider.GetTimestamp();
    private readonly string _responseId = Guid.NewGuid().ToString("N");
    private readonly DateTimeOffset _createdAt = options.TimeProvider.GetUtcNow();

    private TimeSpan? Left => request.Turn.Left(options.TimeProvider.GetElapsedTime(_start));

    /// <summary>Who watches the call, or null.</summary>
    public CallTelemetry? Telemetry { get; init; }

    public async IAsyncEnumerable<ChatResponseUpdate> RunAsync([EnumeratorCancellation] CancellationToken cancellationToken)
    {
        lifetime.Enter();
        try
        {
            await LeaveThreadAsync();
            cancellationToken.ThrowIfCancellationRequested();
            using var place = await gate.EnterAsync(request.Turn with { Deadline = Left }, cancellationToken);
            lifetime.ThrowIfEnded();
            _scope.Enter();
            Telemetry?.Admit();
            var prompts = new PromptBuilder(request);
            prompts.Rewritten = await _rewriter.RewriteAsync(() => prompts.Question, cancellationToken);
            var (whole, text) = prompts.Read(target, _prompt);
            var encoded = prompts.WithAnswer(target, whole);
            var healed = Heal(encoded);
            var prompt = encoded[..^healed.TokenCount];
            List<int> read = [.. prompt];
            var sequence = target.Prefixes.Rent(prompt, request.Plan.Edits);
            var rents = new BranchRents();
            try
            {
                sequence.Truncate(Math.Min(sequence.Length, request.Plan.Cacheable(prompt.Length)));
                var cached = sequence.Length;
                var meter = new GenerationMeter(options.TimeProvider);
                var reasoning = Reasoning(text);
                List<AnswerMessage> answers = [new(CreateReader(reasoning, healed.ByteCount))];
                var branches = await rents.OpenAsync(request.Plan, prompts, target, models, cancellationToken);
                var generate = CreateRequest(AfterReasoning(healed.Plan, reasoning), sequence, prompt, prompts) with
                {
                    Branches = branches,
                    Drafts = await rents.OpenAsync(request.Plan.Speculation?.Drafter.Models ?? [], prompt, models, cancellationToken),
                    Routes = await rents.OpenAsync(request.Plan.Route?.Models ?? [], prompt, models, cancellationToken),
                };
                var record = new CallRecord(generate, target.Tokenizer, Telemetry?.Activity, healed.ByteCount, Continues(healed.ByteCount));
                await using var generation = Generator.GenerateAsync(generate with { Trace = record.Sink }, cancellationToken).GetAsyncEnumerator(cancellationToken);

                // A stop sequence ends one result: where there may be several, its score and the others are yet to come.
                while ((answers[^1].Reader.FinishReason is null || request.Plan.GivesSeveral) && await meter.MoveNextAsync(generation))
                {
                    lifetime.ThrowIfEnded();
                    var token = generation.Current;
                    if (token.Progress is { } progress)
                    {
                        yield return Update(answers[^1], []).WithProgress(progress, target.Tokenizer);
                        await ResumeAsync();
                        continue;
                    }

                    Telemetry?.Token();
                    if (token.Result == answers.Count)
                    {
                        yield return record.CompleteMessage(Closing(answers, generate, []));
                        await ResumeAsync();
                        answers.Add(new AnswerMessage(CreateReader(reasoning, healed.ByteCount)));
                    }

                    tokens.AddOutput();
                    if (!_scope.HasBegun)
                    {
                        _scope.HasBegun = true;
                        // What searches do to their sequence is their own affair.
                        if (request.Plan.Search is null) target.Prefixes.Share(sequence, prompt, request.Plan.Edits);
                    }

                    if (token.Result == 0) read.Add(token.Id);
                    var contents = answers[^1].Append(token);
                    record.Add(token, answers[^1].Reader.LastIsReasoning);
                    if (contents.Count == 0) continue;
                    yield return record.Complete(Update(answers[^1], contents));
                    await ResumeAsync();
                }

                yield return record.CompleteLast(LastUpdate(answers, meter, generate, cached, read, prompts.Rewritten.Values.FirstOrDefault()));
            }
            finally
            {
                rents.Return(CollectionsMarshal.AsSpan(read)[prompt.Length..]);
                target.Prefixes.Return(sequence, read, request.Plan.Edits);
            }
        }
        finally
        {
            _scope.End();
            lifetime.Leave();
        }
    }

    // A template's own words between the question and the answer are to stay as they are.
    private HealedPrompt Heal(int[] prompt)
    {
        if (request.Plan.Heals && !ReferenceEquals(target.Template, ChatTemplate.Plain) && request.AnswerPrefix.Count == 0 && request.PromptTokens is null)
            throw new ArgumentException("token-healing: the model's chat template ends this prompt, so there is nothing of yours to heal. Use it with LocalChatClientOptions.PlainPrompt or LocalGenerationOptions.AnswerPrefix or PromptTokens, or leave it out.");
        return request.Plan.Heal(prompt);
    }

    // After a yield the flow is the consumer's.
    private ConfiguredTaskAwaitable ResumeAsync()
    {
        _scope.Enter();
        return LeaveThreadAsync();
    }

    // A lone request's forwards run on the thread that asks for the next update, which may be one that must not block.
    private static ConfiguredTaskAwaitable LeaveThreadAsync() => Task.CompletedTask.ConfigureAwait(ConfigureAwaitOptions.ForceYielding);

    // Only a template opens the reasoning at the very end; a mark before that may be anybody's words.
    private (ReasoningFormat Format, bool IsOpen)? Reasoning(string? prompt) => prompt is not null && (target.Template.Reasoning ?? ReasoningFormat.Detect(target.Tokenizer)) is { } format
        ? (format, prompt.AsSpan().TrimEnd().EndsWith(format.Open))
        : null;

    // An answer that was begun is no place to begin with reasoning.
    private DecodingPlan AfterReasoning(DecodingPlan plan, (ReasoningFormat Format, bool IsOpen)? reasoning)
        => reasoning is var (format, isOpen) && !request.IsThinkingOff && request.AnswerPrefix.Count == 0 ? plan.AfterReasoning(format.Open, format.Close, isOpen) : plan;

    private AnswerReader CreateReader((ReasoningFormat Format, bool IsOpen)? reasoning, int healedBytes)
    {
        var splitter = reasoning is var (format, isOpen) ? new ReasoningSplitter(format, isOpen, onlyAtStart: request.Plan.Constrains) : null;
        var (toolCalls, callable) = (target.Template.ToolCalls, request.Tools?.Callable.Keys.ToHashSet() ?? []);
        var calls = callable.Count > 0 ? new ToolCallSplitter(toolCalls, callable, onlyAtStart: request.IsJson) : null;
        string?[] marks = [reasoning?.Format.Open, reasoning?.Format.Close, calls is null ? null : toolCalls.Trigger];
        return new AnswerReader(
            new IncrementalDetokenizer(target.Tokenizer, Continues(healedBytes), wholeGraphemes: false, healedBytes, [.. ControlTokens(marks.OfType<string>())]),
            new StopMatcher([.. request.StopSequences, .. request.PromptTokens is null ? target.Template.StopSequences : []]), splitter, calls, request.DropReasoning);
    }

    // A space that the answer begins with is its own where it goes on from text.
    private bool Continues(int healedBytes) => healedBytes > 0 || request.AnswerPrefix.Count > 0 || request.PromptTokens is not null;

    private GenerationRequest CreateRequest(DecodingPlan plan, ISequence sequence, int[] prompt, PromptBuilder prompts) => new()
    {
        Sequence = sequence,
        Cached = prompt.AsMemory(0, sequence.Length),
        Prompt = prompt.AsMemory(sequence.Length),
        Plan = plan,
        MaxTokens = request.MaxOutputTokens,
        ReportsProgress = true,
        EndTokens = [.. target.Tokenizer.EndOfTurn, .. ControlTokens(request.StopSequences)],
        PrefillChunk = options.PrefillChunk,
        ContextTokens = request.Plan.NeedsContext ? prompts.ContextTokens(target, _prompt) : null,
        TimeProvider = options.TimeProvider,
        MaxSeconds = Left?.TotalSeconds,
        Masks = Telemetry?.Masks,
    };

    // Control tokens have no text in which a stop string could be found.
    private IEnumerable<int> ControlTokens(IEnumerable<string> stops) => stops.Select(target.Tokenizer.Find).OfType<int>().Where(target.Tokenizer.IsSpecial);

    private ChatResponseUpdate Update(AnswerMessage answer, IList<AIContent> contents) => new(ChatRole.Assistant, contents)
    {
        ResponseId = _responseId,
        MessageId = answer.Id,
        CreatedAt = _createdAt,
        ModelId = modelId,
    };

    private ChatResponseUpdate Closing(List<AnswerMessage> answers, GenerationRequest generate, IList<AIContent> contents)
    {
        var (answer, result) = (answers[^1], answers.Count - 1);
        var update = Update(answer, contents);
        if (answer.Score is { } score) update.AdditionalProperties = new() { [DecodingResponseExtensions.ScoreKey] = score };
        LabelDetection[] detections = [.. generate.Detections.Where(detection => detection.Result == result && detection.Index < answer.Reader.TokenCount)];
        if (detections.Length > 0) (update.AdditionalProperties ??= [])[DecodingResponseExtensions.LabelDetectionsKey] = detections;
        return update;
    }

    // Of several messages, the first one's end is the response's: it is the best.
    private ChatResponseUpdate LastUpdate(List<AnswerMessage> answers, GenerationMeter meter, GenerationRequest generate, int cached, List<int> read, string? neutralQuery)
    {
        var statistics = new GenerationStatistics
        {
            PromptTokenCount = generate.Cached.Length + generate.Prompt.Length,
            CachedPromptTokenCount = cached,
            OutputTokenCount = answers.Sum(answer => answer.Reader.TokenCount),
            ReasoningTokenCount = answers.Sum(answer => answer.Reader.ReasoningTokenCount),
            Finish = answers[0].Reader.Finish,
            ForwardPassCount = generate.Counter.Total,
            Route = request.Plan.Route is null ? null : generate.Route,
            Speculation = request.Plan.Speculation is null ? null : generate.Speculation,
            Rewards = generate.Rewards.Scored > 0 ? generate.Rewards : null,
            Thinking = generate.Plan.ReadThinking(CollectionsMarshal.AsSpan(read)[(generate.Cached.Length + generate.Prompt.Length)..]),
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
        if (statistics.Thinking is var (extensions, isForced))
        {
            usage.AdditionalCounts["ThinkingExtensions"] = extensions;
            usage.AdditionalCounts["ThinkingForcedCloses"] = isForced ? 1 : 0;
        }

        if (statistics.Route is { } route)
        {
            usage.AdditionalCounts["RouteDifferingTokens"] = route.Differing;
            usage.AdditionalCounts["TargetForwardPassCount"] = generate.Counter.Target;
        }

        if (generate.Counter.Tokens > 0) usage.AdditionalCounts["SearchedTokens"] = generate.Counter.Tokens;
        if (statistics.Rewards is { } rewards) usage.AdditionalCounts["ScoredTexts"] = rewards.Scored;
        if (statistics.Speculation is { } speculation)
        {
            usage.AdditionalCounts["SpeculationRounds"] = speculation.Rounds;
            usage.AdditionalCounts["DraftedTokens"] = speculation.Drafted;
            usage.AdditionalCounts["AcceptedDraftTokens"] = speculation.Accepted;
            usage.AdditionalCounts["TargetForwardPassCount"] = generate.Counter.Target;
            usage.AdditionalCounts["DraftForwardPassCount"] = generate.Counter.Drafts;
        }

        tokens.Add(statistics.PromptTokenCount, cached, generate.Speculation);
        var update = Closing(answers, generate, [new UsageContent(usage)]);
        update.FinishReason = answers[0].Reader.FinishReason;
        update.RawRepresentation = statistics;
        var properties = update.AdditionalProperties ??= [];
        properties[GenerationStatistics.PropertyName] = statistics;
        if (generate.Plan.Warnings.Concat(statistics.Speculation?.Warnings ?? []).Concat(generate.Rewards.Warnings).ToList() is { Count: > 0 } warnings) properties[DecodingResponseExtensions.WarningsKey] = warnings;
        if (neutralQuery is not null) properties[DecodingResponseExtensions.NeutralQueryKey] = neutralQuery;
        return update;
    }
}
