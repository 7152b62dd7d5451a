namespace Decant.Decoding;

/// <summary>What a search works with.</summary>
public sealed class SearchRun
{
    private readonly GenerationRequest _request;

    /// <param name="request">What is asked for.</param>
    /// <param name="branches">The prompt's last tokens are fed and have not run. The run's owner disposes it; forks are the search's own.</param>
    /// <param name="state">The state after the prompt.</param>
    /// <param name="limits">When to stop.</param>
    internal SearchRun(GenerationRequest request, BranchSet branches, GenerationState state, GenerationLimits limits)
        => (_request, Branches, State, Limits) = (request, branches, state, limits);

    /// <summary>The plan; its <see cref="DecodingPlan.Target"/> makes every distribution.</summary>
    public DecodingPlan Plan => _request.Plan;

    /// <summary>The prompt's last tokens are fed and have not run.</summary>
    public BranchSet Branches { get; }

    /// <summary>The state after the prompt.</summary>
    public GenerationState State { get; }

    /// <summary>When to stop.</summary>
    public GenerationLimits Limits { get; }

    /// <summary>
    /// Final hidden states of the prompt's tokens but for those that have not run: room for <see cref="ISearch.PromptStates"/>, of which the last are kept. The
    /// search may add to it.
    /// </summary>
    public required HiddenRows PromptStates { get; init; }

    /// <summary>Which of the prompt's tokens are documents, or null where nobody said.</summary>
    public TokenRange? ContextTokens { get; init; }

    internal RewardCounter Rewards => _request.Rewards;

    internal TimeProvider TimeProvider => _request.TimeProvider;

    /// <summary>Writes texts on with the plan's speculation.</summary>
    internal SpeculativeRollouts Rollouts => field ??= new SpeculativeRollouts(_request, Limits);

    /// <summary>A report of the best text so far, or null where nobody wants one.</summary>
    internal GeneratedToken? Report(Hypothesis best, int texts) => !_request.ReportsProgress
        ? null
        : new GeneratedToken(-1) { Progress = new SearchProgress(best.State.Generated.ToArray(), best.Score, texts, Branches.Counter.Total) };

    /// <summary>What a search answers with. A text that could not be scored has no score there.</summary>
    /// <param name="ranked">Its texts, the best first; each with at least one token.</param>
    internal static IEnumerable<GeneratedToken> Answer(params IEnumerable<Hypothesis> ranked)
    {
        var result = 0;
        foreach (var text in ranked)
        {
            var tokens = text.State.Generated.ToArray();
            for (var i = 0; i < tokens.Length; i++)
            {
                var isLast = i == tokens.Length - 1;
                yield return new GeneratedToken(tokens[i], isLast ? text.Finish : null) { Result = result, Score = isLast && double.IsFinite(text.Score) ? text.Score : null };
            }

            result++;
        }
    }
}
