using Microsoft.Extensions.AI;

namespace Decant.Hosting.Server;

/// <summary>OpenAI's <c>usage</c>.</summary>
internal sealed record UsageBody(long PromptTokens, long CompletionTokens, long TotalTokens, UsageBody.PromptDetails PromptTokensDetails, UsageBody.CompletionDetails CompletionTokensDetails)
{
    /// <param name="calls">What the calls of one request used, by prompt: the tokens of a prompt that has several answers count once.</param>
    public static UsageBody Of(IEnumerable<IEnumerable<UsageDetails>> calls)
    {
        var (prompt, cached, output, reasoning, drafted, accepted) = (0L, 0L, 0L, 0L, 0L, 0L);
        foreach (var answers in calls)
        {
            var isFirst = true;
            foreach (var usage in answers)
            {
                if (isFirst) (prompt, cached) = (prompt + (usage.InputTokenCount ?? 0), cached + (usage.CachedInputTokenCount ?? 0));
                isFirst = false;
                output += usage.OutputTokenCount ?? 0;
                reasoning += usage.ReasoningTokenCount ?? 0;
                drafted += usage.AdditionalCounts?.GetValueOrDefault("DraftedTokens") ?? 0;
                accepted += usage.AdditionalCounts?.GetValueOrDefault("AcceptedDraftTokens") ?? 0;
            }
        }

        return new(prompt, output, prompt + output, new(cached), new(reasoning, accepted, drafted - accepted));
    }

    internal sealed record PromptDetails(long CachedTokens);

    internal sealed record CompletionDetails(long ReasoningTokens, long AcceptedPredictionTokens, long RejectedPredictionTokens);
}
