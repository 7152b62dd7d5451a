using System.Runtime.CompilerServices;

namespace Decant.Decoding;

/// <summary>
/// One call's beam: hypotheses of the same length that go on token by token, all in one forward, from one that has read the prompt. Which continuations stay, and which texts the answer is made of, its
/// kinds say. Serves one caller at a time.
/// </summary>
internal abstract class BeamRun(SearchRun run)
{
    /// <summary>In place of a token: the hypothesis stays as it is.</summary>
    protected const int Stays = -1;

    private readonly HypothesisBatch _batch = new(run);
    private readonly Stack<TokenDistribution> _rows = [];
    private readonly List<Continuation> _chosen = [];
    private readonly List<Hypothesis> _children = [];
    private List<Hypothesis> _open = [];
    private int[] _uses = [];
    private Hypothesis? _reported;
    private int _texts;

    protected SearchRun Run => run;

    /// <summary>The hypotheses that go on.</summary>
    protected IReadOnlyList<Hypothesis> Open => _open;

    /// <summary>Texts that have ended, the best first.</summary>
    protected abstract IEnumerable<Hypothesis> Ended { get; }

    public async IAsyncEnumerable<GeneratedToken> RunAsync(int results, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        _open.Add(Hypothesis.Of(run));
        try
        {
            NoTokenAllowedException? deadEnd = null;
            while (_open.Count > 0)
            {
                var isFirst = _open[0].State.Position == run.State.Position;
                if (!isFirst && run.Limits.IsSpent(run.Branches.Counter, _open.Count * run.Branches.Count))
                {
                    StopAll();
                    Settle();
                    break;
                }

                await _batch.RowsAsync(_open, Read, cancellationToken).ConfigureAwait(false);
                deadEnd ??= _open.Find(hypothesis => hypothesis.DeadEnd is not null)?.DeadEnd;
                _chosen.Clear();
                await SelectAsync(_chosen, cancellationToken).ConfigureAwait(false);
                Adopt();
                Settle();
                if (Ended.FirstOrDefault() is { } best && best != _reported)
                {
                    _reported = best;
                    if (run.Report(best, _texts) is { } report) yield return report;
                }
            }

            List<Hypothesis> answer = [.. Ended.Take(results)];
            if (answer.Count == 0) throw deadEnd!;
            Answer(answer);
            foreach (var token in SearchRun.Answer(answer)) yield return token;
        }
        finally
        {
            foreach (var hypothesis in _open.Concat(_children)) hypothesis.Dispose();
        }
    }

    /// <summary>Takes note of what a hypothesis may go on with.</summary>
    /// <param name="index">Its index in <see cref="Open"/>; its <see cref="Hypothesis.Row"/> is filled.</param>
    /// <param name="logits">Logits after processors and masks; valid during the call.</param>
    /// <param name="step">Its forward, for taps; valid during the call.</param>
    protected abstract void Read(int index, ReadOnlySpan<float> logits, BranchStep step);

    /// <summary>Says which continuations stay.</summary>
    /// <param name="chosen">Receives them. Hypotheses that have none are freed.</param>
    /// <param name="cancellationToken">Observed before each forward.</param>
    protected abstract ValueTask SelectAsync(List<Continuation> chosen, CancellationToken cancellationToken);

    /// <summary>A chosen continuation has become a hypothesis, which goes on or ends. Its score is the continuation's.</summary>
    /// <param name="child">The hypothesis.</param>
    /// <param name="index">Which of the chosen it is.</param>
    protected virtual void Grown(Hypothesis child, int index)
    {
    }

    /// <summary>Keeps a text that has ended, if it is good enough. Its branches have been freed.</summary>
    protected abstract void End(Hypothesis text);

    /// <summary>Frees (<see cref="Drop"/>) those of <see cref="Open"/> that cannot change the answer. The search ends when none is left.</summary>
    protected abstract void Settle();

    /// <summary>The search has ended.</summary>
    /// <param name="answer">What it answers with; at least one text.</param>
    protected virtual void Answer(IReadOnlyList<Hypothesis> answer)
    {
    }

    /// <summary>Lists a hypothesis' likeliest continuations, by probability.</summary>
    /// <param name="index">Its index in <see cref="Open"/>.</param>
    /// <param name="logits">Its row.</param>
    /// <param name="candidates">Lists the tokens.</param>
    /// <param name="offered">Receives the continuations.</param>
    protected void Offer(int index, ReadOnlySpan<float> logits, CandidateTokens candidates, List<Continuation> offered) => Continuation.Offer(index, _open[index], logits, candidates, offered);

    /// <summary>Chooses the best that go on, and the ends among the first ranks: a text that ends competes for a place, and takes none.</summary>
    /// <param name="best">The best continuations, twice as many as the beam is wide.</param>
    /// <param name="width">How many go on.</param>
    /// <param name="chosen">Receives them.</param>
    protected void Choose(ReadOnlySpan<Continuation> best, int width, List<Continuation> chosen)
    {
        var goingOn = 0;
        for (var rank = 0; rank < best.Length && goingOn < width; rank++)
        {
            var isEnd = run.Limits.IsEnd(best[rank].Token);
            if (isEnd && rank >= width) continue;
            if (!isEnd) goingOn++;
            chosen.Add(best[rank]);
        }
    }

    /// <summary>Frees hypotheses that go on.</summary>
    protected void Drop(Predicate<Hypothesis> hopeless) => _open.RemoveAll(hypothesis =>
    {
        if (!hopeless(hypothesis)) return false;
        Free(hypothesis);
        return true;
    });

    /// <summary>Ends all that go on, for a budget is spent.</summary>
    protected void StopAll()
    {
        foreach (var hypothesis in _open)
        {
            hypothesis.Wrote(FinishKind.Budget);
            Finish(hypothesis);
        }

        _open.Clear();
    }

    private void Adopt()
    {
        if (_uses.Length < _open.Count) _uses = new int[_open.Count];
        Array.Clear(_uses);
        foreach (var continuation in _chosen) _uses[continuation.Parent]++;
        for (var i = 0; i < _open.Count; i++)
        {
            if (_uses[i] == 0) Free(_open[i]);
        }

        _children.Clear();
        foreach (var (parent, _, _, _) in _chosen)
        {
            // The last of a hypothesis' children takes its place; what the others need of it they have by then.
            var hypothesis = _open[parent];
            _children.Add(--_uses[parent] > 0 ? hypothesis.Fork(hypothesis.State.Noise, _rows.TryPop(out var row) ? row : null) : hypothesis);
        }

        List<Hypothesis> next = new(_children.Count);
        for (var i = 0; i < _children.Count; i++)
        {
            var (child, (parent, token, logProbability, score)) = (_children[i], _chosen[i]);
            (child.LogProbability, child.Score) = (logProbability, score);
            if (token != Stays) child.Append(token, _open[parent].Row, run.Limits);
            Grown(child, i);
            if (child.IsOpen) next.Add(child);
        }

        // Rows are given back when all have read them.
        foreach (var child in _children)
        {
            if (!child.IsOpen) Finish(child);
        }

        _open = next;
    }

    private void Finish(Hypothesis text)
    {
        Free(text);
        _texts++;
        End(text);
    }

    private void Free(Hypothesis hypothesis)
    {
        hypothesis.Dispose();
        _rows.Push(hypothesis.Row);
    }
}
