using Decant.Connectors.Prompting;
using Decant.Decoding;
using Microsoft.Extensions.AI;

namespace Decant.Connectors.Chat;

/// <summary>What a call and the client's defaults say about reasoning.</summary>
/// <remarks>
/// Decoding options that name a way of thinking come first. Else <see cref="ReasoningOptions.Effort"/> says it, where the template marks reasoning and does not do it itself: None is zero-think unless the template has a
/// switch (<c>enable_thinking</c>); unless it knows efforts (<c>reasoning_effort</c>), Low is a small budget, High a few extensions and ExtraHigh many. Medium is the model's own way.
/// </remarks>
internal static class ThinkingMapper
{
    /// <param name="effort">The call's effort.</param>
    /// <param name="said">What its decoding options say.</param>
    /// <param name="defaults">What the client's say.</param>
    /// <param name="hasAnswerPrefix">Whether the answer has begun, so that no reasoning comes.</param>
    /// <param name="template">The model's.</param>
    /// <param name="context">Its vocabulary.</param>
    /// <exception cref="ArgumentException">There is no reasoning to control; the message says why.</exception>
    public static ThinkingOptions? Map(ReasoningEffort? effort, ThinkingOptions? said, ThinkingOptions? defaults, bool hasAnswerPrefix, ChatTemplate template, PlanContext context)
    {
        if (hasAnswerPrefix)
            return said is null ? null : throw new ArgumentException($"\"{said.Kind}\" controls the reasoning that an answer begins with, and LocalGenerationOptions.AnswerPrefix or PromptTokens has begun it: leave out one of them.");
        var thinking = said ?? OfEffort(effort, defaults, template);
        if (thinking is not null && (template.Reasoning ?? ReasoningFormat.Detect(context.Vocabulary)) is null)
            throw new ArgumentException($"\"{thinking.Kind}\" controls reasoning, and neither the chat template nor the vocabulary of this model has marks for it, such as <think>. Leave it out.");
        return thinking;
    }

    /// <summary>Whether the template is told to think or not to; null where it is told nothing.</summary>
    public static bool? Switch(ReasoningEffort? effort, ThinkingOptions? thinking) => effort is null || (effort == ReasoningEffort.None && thinking is not null) ? null : effort != ReasoningEffort.None;

    private static ThinkingOptions? OfEffort(ReasoningEffort? effort, ThinkingOptions? defaults, ChatTemplate template)
    {
        var marks = template.Reasoning is not null;
        if (effort == ReasoningEffort.None) return marks && !Knows("enable_thinking") ? AsWritten(new ZeroThinkOptions()) : null;
        if (!marks || Knows("reasoning_effort")) return defaults;
        return effort switch
        {
            ReasoningEffort.Low => AsWritten(new ThinkBudgetOptions { Max = 256 }),
            ReasoningEffort.High => AsWritten(new MoreThinkOptions { MaxExtensions = 2 }),
            ReasoningEffort.ExtraHigh => AsWritten(new MoreThinkOptions()),
            _ => defaults,
        };

        bool Knows(string text) => template.Source.Contains(text, StringComparison.Ordinal);

        // Line breaks as the template has them in earlier turns, for the model was trained on those.
        ThinkingOptions AsWritten(ThinkingOptions thinking)
        {
            var (open, close) = (template.Reasoning!.Open, template.Reasoning.Close);
            return thinking with { Inside = Knows(open + "\\n") ? "\n" : "", Behind = Knows(close + "\\n\\n") ? "\n\n" : Knows(close + "\\n") ? "\n" : "" };
        }
    }
}
