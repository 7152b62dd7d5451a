namespace Decant.Decoding;

/// <summary>One of several texts that a search writes side by side.</summary>
/// <param name="branches">What has read it; owned.</param>
/// <param name="state">Its state.</param>
internal sealed class Hypothesis(BranchSet branches, GenerationState state) : IDisposable
{
    public BranchSet Branches => branches;

    public GenerationState State => state;

    /// <summary>The distribution of its next token.</summary>
    public TokenDistribution Row { get; private init; } = new();

    /// <summary>The natural logarithm of its probability, as far as its search has added it up.</summary>
    public double LogProbability { get; set; }

    /// <summary>What rewards found it worth.</summary>
    public double Reward { get; set; }

    /// <summary>What its search ranks it by, larger for better ones.</summary>
    public double Score { get; set; }

    /// <summary>What its search remembers of it, which forks share; null for nothing.</summary>
    public object? Note { get; set; }

    /// <summary>Why it ended, or null.</summary>
    public FinishKind? Finish { get; private set; }

    /// <summary>Why nothing may follow it, or null.</summary>
    public NoTokenAllowedException? DeadEnd { get; set; }

    /// <summary>Whether it goes on.</summary>
    public bool IsOpen => Finish is null && DeadEnd is null;

    /// <summary>Whether it is a whole text, not one that was cut off.</summary>
    public bool IsComplete => Finish == FinishKind.EndToken;

    /// <summary>What texts are ranked by as answers: whole ones first, then those that limits of one text cut off, then those that the call's budget did; within each, by score.</summary>
    public (int Wholeness, double Score) Rank => (IsComplete ? 2 : Finish is null or FinishKind.Budget ? 0 : 1, Score);

    /// <summary>The text after the prompt, on forks of the run's own branches and state.</summary>
    /// <param name="run">The run.</param>
    /// <param name="noise">Which of several noises made from the request's it draws with; 0 for the request's own.</param>
    public static Hypothesis Of(SearchRun run, int noise = 0) => new(run.Branches.Fork(), run.State.Fork(run.State.Noise.Derive(noise)));

    /// <summary>An independent text with the same tokens and numbers.</summary>
    public Hypothesis Fork() => Fork(state.Noise);

    /// <inheritdoc cref="Fork()"/>
    /// <param name="noise">Other noise for it.</param>
    /// <param name="row">A distribution that nobody needs any more, to be its own; null for a new one.</param>
    public Hypothesis Fork(PositionNoise noise, TokenDistribution? row = null)
        => new(branches.Fork(), state.Fork(noise)) { Row = row ?? new(), LogProbability = LogProbability, Reward = Reward, Score = Score, Note = Note, Finish = Finish, DeadEnd = DeadEnd };

    /// <summary>An independent text of its first tokens, open again.</summary>
    /// <param name="length">How many of those behind the prompt.</param>
    public Hypothesis Beginning(int length)
    {
        var beginning = new Hypothesis(branches.Fork(), state.Fork());
        var rest = state.Generated.Length - length;
        beginning.State.Rollback(rest);
        beginning.Branches.TakeBack(rest);
        return beginning;
    }

    /// <summary>A token out of its row, by its own noise.</summary>
    public int Draw() => Sampler.Draw(Row, state.Noise, state.Position);

    /// <summary>Appends a token.</summary>
    /// <param name="token">The token.</param>
    /// <param name="row">What it was drawn from, or null.</param>
    /// <param name="limits">When to stop.</param>
    public void Append(int token, TokenDistribution? row, GenerationLimits limits)
    {
        state.Commit(token, row);
        branches.Counter.Tokens++;
        Finish = limits.Finish(token, state.Generated.Length, branches);
        branches.Feed([token]);
    }

    /// <summary>Takes back tokens. The one before them runs anew with the next forward.</summary>
    /// <param name="count">How many; not all.</param>
    public void TakeBack(int count)
    {
        state.Rollback(count);
        branches.TakeBack(count + 1);
        branches.Feed(state.Tokens[^1..]);
    }

    /// <summary>Takes over what was written on its branches and state elsewhere.</summary>
    public void Wrote(FinishKind? finish) => Finish = finish;

    public void Dispose() => branches.Dispose();
}
