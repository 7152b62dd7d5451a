using System.Runtime.CompilerServices;

namespace Decant.Decoding;

/// <summary>
/// Monte Carlo tree search over tokens (PG-TD; Zhang and others, 2023): grows a tree of beginnings, each with its likeliest next tokens, writes a text from each to its end, and goes on where rewards were large or the model finds
/// it likely and little was tried. Answers with the text of the largest reward.
/// </summary>
/// <remarks>
/// <para>Each simulation goes down from the empty text to a beginning that was not visited before, always to the child of the largest Q + β P √(ln N) / (1 + N of the child), β = ln((N + c_base + 1) / c_base) + c, where P is
/// its probability among the candidates, N counts visits and Q is the largest (or mean) reward found behind it, 0 where nothing was: so <see cref="C"/> is in units of the reward, and rewards from 0 to 1 suit it. The likelier is
/// first among equals. What lies behind a beginning is written once: beginnings of a text that was written before have its reward for nothing, and everything runs on forks of what was run. Beginnings behind which everything
/// is known are closed. So a tree that is as wide as the vocabulary, and never out of simulations, finds the best text of all.</para>
/// <para>The search ends when simulations, the budget or the tree are spent, or a whole text has the highest reward there is (<see cref="IReward.Maximum"/>). Whole texts come before those that were cut off, which rewards see as
/// incomplete. A dead end of constraints is worth nothing.</para>
/// </remarks>
public sealed record MctsOptions : RewardedSearchOptions
{
    /// <inheritdoc/>
    public override string Kind => "mcts";

    /// <summary>Candidates behind each beginning; 1 … 64. Default: 3.</summary>
    public int Width { get; init; } = 3;

    /// <summary>Simulations; 1 … 4096. Default: 64.</summary>
    public int Simulations { get; init; } = 64;

    /// <summary>c, how much is tried out; 0 … 1000. Default: 4.</summary>
    public double C { get; init; } = 4;

    /// <summary>c_base, visits from which on more is tried out; above 0, at most 1000000. Default: 10.</summary>
    public double CBase { get; init; } = 10;

    /// <summary>What a beginning is taken to be worth. Default: <see cref="MctsBackup.Max"/>.</summary>
    public MctsBackup Backup { get; init; }

    /// <summary>How texts are written to their end. Default: <see cref="RolloutKind.Greedy"/>.</summary>
    public RolloutKind Rollouts { get; init; }

    /// <summary>Most tokens of a text; at least 1. The call's own limit holds as well. Null: that alone.</summary>
    public int? Horizon { get; init; }

    /// <inheritdoc/>
    public override void Validate()
    {
        base.Validate();
        Check(Width is >= 1 and <= 64, Width, nameof(Width), "from 1 to 64");
        Check(Simulations is >= 1 and <= 4096, Simulations, nameof(Simulations), "from 1 to 4096");
        Check(C is >= 0 and <= 1000, C, nameof(C), "from 0 to 1000");
        Check(CBase is > 0 and <= 1_000_000, CBase, nameof(CBase), "above 0 and at most 1000000");
        Check(Enum.IsDefined(Backup), Backup, nameof(Backup), "a known backup");
        Check(Enum.IsDefined(Rollouts), Rollouts, nameof(Rollouts), "a known kind");
        Check(Horizon is null or >= 1, Horizon, nameof(Horizon), "at least 1, or null for the call's limit");
    }

    internal override bool Draws => Rollouts == RolloutKind.Plan;

    internal override bool Speculates => true;

    /// <inheritdoc/>
    public override ISearch Compile(PlanContext context)
    {
        ArgumentNullException.ThrowIfNull(context);
        context.Require(Kind, ModelCapabilities.Fork);
        return new Mcts(this, CompileRewards(context, partial: false));
    }
}

internal sealed class Mcts(MctsOptions options, RewardModel rewards) : ISearch
{
    public bool SharesPrompt => rewards.IsCalibrated;

    public async IAsyncEnumerable<GeneratedToken> RunAsync(SearchRun run, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        using var rollouts = new Rollouts(run, options.Width, options.Rollouts);
        var scorer = rewards.Open(run);
        var root = new MctsNode(null, 0, 1);
        var (best, texts) = ((Hypothesis?)null, 0);
        for (var i = 0; i < options.Simulations && !root.IsClosed; i++)
        {
            cancellationToken.ThrowIfCancellationRequested();
            var leaf = root.Select(options);
            var known = Passing(leaf);
            leaf.Rollout = known ?? await WriteAsync(rollouts, scorer, leaf, cancellationToken).ConfigureAwait(false);
            var text = leaf.Rollout.Text;
            leaf.Expand();
            leaf.Visit(leaf.Rollout.IsDead ? double.NegativeInfinity : text.Reward);
            Free(rollouts, leaf);
            if (known is not null) continue;

            texts++;
            if (!leaf.Rollout.IsDead && (best is null || text.Rank.CompareTo(best.Rank) > 0))
            {
                best = text;
                if (run.Report(best, texts) is { } report) yield return report;
            }

            if (scorer.IsSpent || run.Limits.IsSpent(run.Branches.Counter) || (best is { IsComplete: true } && best.Score >= rewards.Maximum)) break;
        }

        foreach (var token in SearchRun.Answer(best ?? throw root.Rollout.Text.DeadEnd!)) yield return token;
    }

    // The text of the node above may go on with this one's token: then everything behind this is written.
    private static Rollout? Passing(MctsNode node)
        => node.Parent is { } parent && parent.Rollout.Token(parent.Length) == parent.Rollout.Choice(parent.Length).Tokens[node.Candidate] ? parent.Rollout : null;

    private async ValueTask<Rollout> WriteAsync(Rollouts rollouts, RewardScorer scorer, MctsNode node, CancellationToken cancellationToken)
    {
        var rollout = node.Parent is { } parent ? rollouts.Branch(parent.Rollout, parent.Length, node.Candidate) : await rollouts.BeginAsync(cancellationToken).ConfigureAwait(false);
        await rollouts.ExtendAsync([rollout], options.Horizon ?? int.MaxValue, cancellationToken).ConfigureAwait(false);
        if (rollout.IsDead) return rollout;
        if (rollout.Text.IsOpen) rollout.Text.Wrote(FinishKind.MaxTokens);
        await scorer.ScoreAsync([rollout.Text], cancellationToken).ConfigureAwait(false);
        rollout.Text.Score = rollout.Text.Reward;
        return rollout;
    }

    // A closed node's text is needed no more, unless the node above goes on with it.
    private static void Free(Rollouts rollouts, MctsNode leaf)
    {
        for (var node = leaf; node is { IsClosed: true }; node = node.Parent)
        {
            if (node.Parent?.Rollout != node.Rollout) rollouts.Free(node.Rollout);
        }
    }
}
