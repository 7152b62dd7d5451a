namespace Decant.Decoding;

/// <summary>One continuation of the text so far: its tokens, its state, and how its tokens looked back. Reused from chunk to chunk.</summary>
internal sealed class LookbackCandidate(SearchRun run, PositionNoise noise, LookbackRatios ratios) : IDisposable
{
    private readonly TokenDistribution _distribution = new();
    private BranchSet? _branches;
    private int _before;

    public List<int> Tokens { get; } = [];

    public LookbackRatios Ratios => ratios;

    public FinishKind? Finish { get; private set; }

    public GenerationState State { get; private set; } = run.State;

    /// <summary>Begins anew behind <paramref name="state"/>, with a first token drawn from the run's own step.</summary>
    public void Begin(GenerationState state, int generated, BranchStep step)
    {
        Dispose();
        State = state.Fork(noise);
        (Finish, _before) = (null, generated);
        Tokens.Clear();
        ratios.Clear();
        Draw(step);
    }

    /// <summary>Gives the last token to branches of its own, to be run.</summary>
    public BranchSet Feed()
    {
        _branches ??= run.Branches.Fork();
        _branches.Feed([Tokens[^1]]);
        return _branches;
    }

    public void Draw(BranchStep step)
    {
        ratios.Add(step.Target, step.Target.RowCount - 1);
        run.Plan.Target.Row(step.Rows(), State, _distribution);
        var token = Sampler.Draw(_distribution, State.Noise, State.Position);
        State.Commit(token, _distribution);
        Tokens.Add(token);
        run.Branches.Counter.Tokens++;
        Finish = run.Limits.Finish(token, _before + Tokens.Count, _branches ?? run.Branches);
    }

    public void Dispose()
    {
        _branches?.Dispose();
        _branches = null;
    }
}
