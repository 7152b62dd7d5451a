using System.Numerics.Tensors;

namespace Decant.Decoding;

/// <summary>
/// A beam whose hypotheses are candidates: each has run its last token, which the beam before it proposed, and the best of them propose the next. A hypothesis' note is its <see cref="Link"/>.
/// </summary>
internal sealed class OverTrustBeam(SearchRun run, OverTrustBeamOptions options, int layer, int heads) : BeamRun(run)
{
    private const int FirstReturn = 10;
    private readonly CandidateTokens _candidates = new(options.Candidates + (options.MaxRollbacks * options.Beams));
    private readonly List<Continuation> _offered = [];
    private readonly List<Link> _proposed = [];
    private readonly List<Hypothesis> _pending = [];
    private readonly BeamBank _bank = new(options.Beams);

    // By the text before it, what is not to be said; and how often the search has gone back to a length.
    private readonly Dictionary<string, HashSet<int>> _banned = [];
    private readonly Dictionary<int, int> _returns = [];

    protected override IEnumerable<Hypothesis> Ended => _bank.Texts;

    protected override void Read(int index, ReadOnlySpan<float> logits, BranchStep step)
    {
        var hypothesis = Open[index];
        if (hypothesis.Note is Link link) link.Trail = Follow(hypothesis, link, step);
        var first = _offered.Count;
        Offer(index, logits, _candidates, _offered);
        if (_banned.Count > 0 && _banned.TryGetValue(TokenKey.Of(hypothesis.State.Generated), out var banned) && !_offered.Skip(first).All(each => banned.Contains(each.Token)))
            _offered.RemoveAll(each => each.Parent == index && banned.Contains(each.Token));
        if (_offered.Count - first > options.Candidates) _offered.RemoveRange(first + options.Candidates, _offered.Count - first - options.Candidates);
    }

    protected override ValueTask SelectAsync(List<Continuation> chosen, CancellationToken cancellationToken)
    {
        Judge();
        List<int> kept = [];
        foreach (var (text, rank) in Open.Where(each => each.DeadEnd is null).Concat(_pending).OrderByDescending(each => each.Score).Select((text, rank) => (text, rank)).ToList())
        {
            // As in plain beam search, an end competes for a place and takes none.
            if (text.IsOpen && kept.Count < options.Beams) kept.Add(IndexOf(text));
            else if (!text.IsOpen && rank < options.Beams) Keep(text);
        }

        _pending.Clear();
        _proposed.Clear();
        if (!GoesBack(kept, chosen)) Propose(kept, chosen);
        _offered.Clear();
        return ValueTask.CompletedTask;
    }

    protected override void Grown(Hypothesis child, int index) => child.Note = _proposed[index];

    // It is judged with those beside it, which have yet to run.
    protected override void End(Hypothesis text) => _pending.Add(text);

    protected override void Settle()
    {
        if (Open.Count == 0)
        {
            Judge();
            foreach (var text in _pending) Keep(text);
            _pending.Clear();
        }
        else if (_bank.IsFull && Open.Max(hypothesis => ((Link)hypothesis.Note!).Parent is { } parent ? parent.Score / parent.Length : 0) <= _bank.Worst)
        {
            _pending.Clear();
            Drop(_ => true);
        }
    }

    /// <summary>Reads what a hypothesis' last token attended to.</summary>
    private TrustTrail Follow(Hypothesis hypothesis, Link link, BranchStep step)
    {
        var attention = TrustTrail.Attention(step.Target, layer, heads);
        var columns = TrustTrail.Next(link.Parent?.Columns ?? [], attention.AsSpan(hypothesis.State.PromptLength), options.ScaleFactor);
        var column = TensorPrimitives.IndexOfMax<double>(columns);
        var penalty = Run.ContextTokens is { } documents && columns.Length <= options.InitialDocumentTokens
            ? -TensorPrimitives.Sum(attention.AsSpan(documents.Start, documents.Length))
            : TrustTrail.OverTrust(columns[column]);
        return new TrustTrail(link.Parent, columns, column, hypothesis.LogProbability, penalty) { Score = hypothesis.Score };
    }

    /// <summary>Ranks candidates by their penalised log-probabilities, made to sum to 1 over those of one hypothesis.</summary>
    private void Judge()
    {
        foreach (var siblings in Open.Concat(_pending).Where(each => each.Note is Link { IsJudged: false }).GroupBy(each => ((Link)each.Note!).Family))
        {
            var penalised = siblings.Select(each => (Link)each.Note!).Select(link => link.Step - (options.PenaltyWeight * (link.Trail?.Penalty ?? link.Parent?.Penalty ?? 0))).ToArray();
            var largest = penalised.Max();
            var total = largest + Math.Log(penalised.Sum(value => Math.Exp(value - largest)));
            foreach (var (each, value) in siblings.Zip(penalised))
            {
                var link = (Link)each.Note!;
                each.Score = (link.Parent?.Score ?? 0) + value - total;
                if (link.Trail is not null) link.Trail.Score = each.Score;
            }
        }
    }

    private void Keep(Hypothesis text)
    {
        text.Score /= text.State.Generated.Length;
        _bank.Add(text);
    }

    private void Propose(List<int> kept, List<Continuation> chosen)
    {
        foreach (var index in kept)
        {
            var (trail, family) = ((Open[index].Note as Link)?.Trail, new object());
            foreach (var offered in _offered)
            {
                if (offered.Parent != index) continue;
                chosen.Add(offered with { Score = Open[index].Score });
                _proposed.Add(new Link(trail, family, offered.LogProbability - Open[index].LogProbability, IsJudged: false));
            }
        }
    }

    /// <summary>Takes all hypotheses back to where the column stood that leads in all of them, if it has led too often.</summary>
    private bool GoesBack(List<int> kept, List<Continuation> chosen)
    {
        if (kept.Count == 0 || Open[kept[0]].Note is not Link { Trail.Column: >= FirstReturn and var column }) return false;
        var length = column + 1;
        if (_returns.GetValueOrDefault(length) >= options.MaxRollbacks || !kept.TrueForAll(index => Trail(index).Length > length && Trail(index).Count(column) > options.Threshold)) return false;
        _returns[length] = _returns.GetValueOrDefault(length) + 1;
        _bank.Remove(text => text.State.Generated.Length > length);
        HashSet<TrustTrail> seen = [];
        foreach (var index in kept)
        {
            var (hypothesis, trail) = (Open[index], Trail(index).At(length));
            var generated = hypothesis.State.Generated;
            var key = TokenKey.Of(generated[..length]);
            if (!_banned.TryGetValue(key, out var banned)) _banned[key] = banned = [];
            banned.Add(generated[length]);
            if (!seen.Add(trail)) continue;
            hypothesis.TakeBack(generated.Length - length);
            chosen.Add(new Continuation(index, Stays, trail.LogProbability, trail.Score));

            // Its last token runs anew, and is not judged again.
            _proposed.Add(new Link(trail.Before, new object(), 0, IsJudged: true));
        }

        return true;
    }

    private int IndexOf(Hypothesis hypothesis)
    {
        var index = 0;
        while (Open[index] != hypothesis) index++;
        return index;
    }

    private TrustTrail Trail(int index) => ((Link)Open[index].Note!).Trail!;

    /// <summary>How a hypothesis came to be.</summary>
    /// <param name="Parent">The text before its last token; null for the prompt.</param>
    /// <param name="Family">The same for all that were proposed by one hypothesis.</param>
    /// <param name="Step">The last token's log-probability.</param>
    /// <param name="IsJudged">Whether its score is its own already.</param>
    private sealed record Link(TrustTrail? Parent, object Family, double Step, bool IsJudged)
    {
        /// <summary>What its last token attended to, once that has run.</summary>
        public TrustTrail? Trail { get; set; }
    }
}
