using Decant.Connectors.Chat;
using Decant.Decoding;
using Microsoft.Extensions.AI;

namespace Decant.Benchmarks.Speculate;

/// <summary>What a drafter did on prompts of one kind.</summary>
/// <param name="Tokens">Tokens written.</param>
/// <param name="TargetForwards">Forwards of the target, those that read prompts included.</param>
/// <param name="Rounds">Forwards that verified a draft.</param>
/// <param name="Accepted">Drafted tokens that became text.</param>
/// <param name="Drafted">Drafted tokens.</param>
/// <param name="Seconds">From the first token of each answer to its last.</param>
/// <param name="Texts">The answers.</param>
internal sealed record DrafterRun(int Tokens, int TargetForwards, int Rounds, int Accepted, int Drafted, double Seconds, IReadOnlyList<string> Texts)
{
    /// <summary>Target forwards per token.</summary>
    public double ForwardsPerToken => (double)TargetForwards / Tokens;

    /// <summary>Drafted tokens that a round keeps.</summary>
    public double AcceptedPerRound => Rounds == 0 ? 0 : (double)Accepted / Rounds;

    /// <summary>Asks every question once, one after the other.</summary>
    /// <param name="client">The model.</param>
    /// <param name="kind">The questions.</param>
    /// <param name="speculation">How to draft and verify, or null.</param>
    /// <param name="temperature">Of the draws; 0 for the likeliest tokens.</param>
    public static async Task<DrafterRun> AskAsync(LocalChatClient client, PromptKind kind, SpeculationOptions? speculation, float temperature = 0)
    {
        var run = new DrafterRun(0, 0, 0, 0, 0, 0, []);
        foreach (var prompt in kind.Prompts)
        {
            var options = new ChatOptions { Temperature = temperature, Seed = run.Texts.Count, MaxOutputTokens = 200 }
                .WithDecoding(new DecodingOptions { Speculation = speculation, Constraints = kind.Constraint is { } constraint ? [constraint(prompt)] : null });
            var response = await client.GetResponseAsync(prompt, options);
            var statistics = (GenerationStatistics)response.Messages[^1].AdditionalProperties![GenerationStatistics.PropertyName]!;
            if (response.GetWarnings() is [var warning, ..]) throw new InvalidOperationException(warning);
            var counter = statistics.Speculation ?? new SpeculationCounter();
            var forwards = response.Usage!.AdditionalCounts!.TryGetValue("TargetForwardPassCount", out var target) ? (int)target : statistics.ForwardPassCount;
            run = new DrafterRun(
                run.Tokens + statistics.OutputTokenCount, run.TargetForwards + forwards, run.Rounds + counter.Rounds, run.Accepted + counter.Accepted,
                run.Drafted + counter.Drafted, run.Seconds + statistics.DecodeDuration.TotalSeconds, [.. run.Texts, response.Text]);
        }

        return run;
    }
}
