using System.Runtime.CompilerServices;

namespace Decant.Decoding;

/// <summary>
/// Contrastive search: of the likeliest tokens, the one with the largest (1 − alpha) · probability − alpha · (largest cosine between its hidden state and those of the
/// tokens before). Text as coherent as greedy decoding's that does not repeat itself. Nothing is drawn.
/// </summary>
/// <remarks>
/// <para>Source: Su and Collier, "Contrastive Search Is What You Need For Neural Text Generation", 2022. All candidates of a token run in one forward, whose
/// logits and cache the chosen one keeps.</para>
/// <para>Candidates are those of the plan's distribution, so contrast, processors, constraints and sampling decide what is one and how likely it is. Where sampling
/// is greedy, as many models recommend, that distribution has one token; candidates then are the likeliest tokens at temperature 1. Near the end of the context,
/// and where the forwards of the budget are spent, there are only as many candidates as can run.</para>
/// </remarks>
public sealed record ContrastiveSearchOptions : SearchOptions
{
    /// <inheritdoc/>
    public override string Kind => "contrastive-search";

    /// <summary>Weight of the penalty for resembling what was said; 0 … 1. 0 is greedy decoding. Default: 0.6.</summary>
    public float Alpha { get; init; } = 0.6f;

    /// <summary>Candidates for each token; at least 1. 1 is greedy decoding. Default: 4.</summary>
    public int TopK { get; init; } = 4;

    /// <summary>How many of the last tokens a candidate is compared with; at least 1. Null: all, the prompt's included, which then runs whole with every call.</summary>
    public int? Window { get; init; }

    /// <inheritdoc/>
    public override void Validate()
    {
        Check(Alpha is >= 0 and <= 1, Alpha, nameof(Alpha), "from 0 to 1 (0 is greedy decoding)");
        Check(TopK >= 1, TopK, nameof(TopK), "at least 1");
        Check(Window is null or >= 1, Window, nameof(Window), "at least 1, or null for all tokens");
    }

    internal override bool Draws => false;

    /// <inheritdoc/>
    public override ISearch Compile(PlanContext context)
    {
        ArgumentNullException.ThrowIfNull(context);
        context.Require(Kind, ModelCapabilities.TreeRows | ModelCapabilities.HiddenStates);
        return new ContrastiveSearch(this, context.Options.Sampling?.IsGreedy == true);
    }
}

internal sealed class ContrastiveSearch(ContrastiveSearchOptions options, bool greedy) : ISearch
{
    public Taps Taps { get; } = new() { FinalHidden = true };

    public int PromptStates => options.Window ?? int.MaxValue;

    public async IAsyncEnumerable<GeneratedToken> RunAsync(SearchRun run, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        var (branches, state, states) = (run.Branches, run.State, run.PromptStates);
        var distribution = new TokenDistribution();
        var candidates = new CandidateTokens(options.TopK);
        var step = await branches.ForwardAsync(1, run.Plan.Taps, null, cancellationToken).ConfigureAwait(false);
        try
        {
            states.AddFinal(step.Target);
            for (int generated = 1, row = 0; ; generated++)
            {
                var most = run.Limits.IsSpent(branches.Counter) ? 0 : branches.Room;
                candidates.Fill(run.Plan.Target.Row(step.Rows(row), state, distribution), greedy ? null : distribution, most);
                step.Dispose();
                row = 0;
                if (most > 0)
                {
                    step = await branches.TryAsync(candidates.Ids, run.Plan.Taps, cancellationToken).ConfigureAwait(false);
                    row = Best(candidates, step.Target, states);
                }

                var token = candidates.Ids.Span[row];
                state.Commit(token, distribution);
                branches.Counter.Tokens++;
                var finish = run.Limits.Finish(token, generated, branches);
                yield return new GeneratedToken(token, finish);
                if (finish is not null) yield break;
                branches.Keep(row);
                states.Add(Hidden(step.Target, candidates.Ids.Length, row));
            }
        }
        finally
        {
            step.Dispose();
            branches.Keep(-1);
        }
    }

    /// <summary>A candidate's score.</summary>
    /// <param name="alpha">Weight of the penalty.</param>
    /// <param name="probability">The model's confidence in it.</param>
    /// <param name="cosine">The largest cosine with what was said.</param>
    public static float Score(float alpha, float probability, float cosine) => ((1 - alpha) * probability) - (alpha * cosine);

    private int Best(CandidateTokens candidates, ForwardResult result, HiddenRows states)
    {
        var (best, highest) = (0, float.NegativeInfinity);
        for (var i = 0; i < candidates.Ids.Length; i++)
        {
            var score = Score(options.Alpha, candidates.Probabilities[i], states.LargestCosine(Hidden(result, candidates.Ids.Length, i)));
            if (score > highest) (best, highest) = (i, score);
        }

        return best;
    }

    // Alternatives are the last rows; tokens that had yet to run may stand before them.
    private static ReadOnlySpan<float> Hidden(ForwardResult result, int alternatives, int index) => result.FinalHidden(result.RowCount - alternatives + index);
}
