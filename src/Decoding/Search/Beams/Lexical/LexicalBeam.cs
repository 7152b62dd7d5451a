namespace Decant.Decoding;

/// <summary>A beam of texts that have said different things. A hypothesis' note is its <see cref="LexicalProgress"/>, its reward the number of clauses that it has satisfied.</summary>
internal sealed class LexicalBeam : BeamRun
{
    private readonly LexicalBeamOptions _options;
    private readonly LexicalPhrases _phrases;
    private readonly PhraseLookahead? _lookahead;
    private readonly bool _banks;
    private readonly int _pool;
    private readonly CandidateTokens _candidates;
    private readonly List<Continuation> _offered = [];
    private readonly HashSet<(int Parent, int Token)> _wanted = [];
    private readonly List<LexicalProgress> _progress = [];
    private readonly BeamBank _bank = new(1);

    public LexicalBeam(SearchRun run, LexicalBeamOptions options, LexicalPhrases phrases)
        : base(run)
    {
        (_options, _phrases) = (options, phrases);
        _banks = options.Banks == true;
        _pool = _banks ? options.Beams : options.Prune ?? Math.Max(50, options.Beams);
        _candidates = new CandidateTokens(_pool);
        if (options.Lookahead > 0) _lookahead = new PhraseLookahead(run, phrases, options.Lookahead.Value, options.LookaheadMode ?? LookaheadMode.Greedy);
    }

    protected override IEnumerable<Hypothesis> Ended => _bank.Texts;

    private double Alpha => _options.Alpha ?? _options.LookaheadMode switch { LookaheadMode.Sample => 0.3, LookaheadMode.Beam => 0.45, _ => 0.25 };

    protected override void Read(int index, ReadOnlySpan<float> logits, BranchStep step)
    {
        Offer(index, logits, _candidates, _offered);
        if (!_banks) return;

        // The hypothesis' likeliest continuation, and what brings it nearer to its end, are candidates however unlikely the texts are.
        var progress = Progress(Open[index]);
        _wanted.Add((index, _candidates.Ids.Span[0]));
        foreach (var (_, tokens) in _phrases.Unmet(progress))
        {
            if (tokens is [var token, ..]) Want(index, token, logits);
        }

        if (!_phrases.IsSatisfied(progress)) return;
        foreach (var end in Run.Limits.EndTokens) Want(index, end, logits);
    }

    protected override async ValueTask SelectAsync(List<Continuation> chosen, CancellationToken cancellationToken)
    {
        var pool = Pool(out var unfinished);
        var ends = pool.FindAll(each => Run.Limits.IsEnd(each.Continuation.Token));
        var goingOn = pool.FindAll(each => !Run.Limits.IsEnd(each.Continuation.Token));

        // Where nothing else can be said, an end that comes too early is better than none.
        if (pool.Count == 0) ends = unfinished;
        if (!_banks) goingOn = await RankAsync(goingOn, cancellationToken).ConfigureAwait(false);
        _offered.Clear();
        _wanted.Clear();
        _progress.Clear();
        foreach (var (continuation, progress) in ends.Concat(_banks ? Allocate(goingOn) : TakeTurns(goingOn)))
        {
            chosen.Add(continuation with { Score = continuation.LogProbability });
            _progress.Add(progress);
        }
    }

    protected override void Grown(Hypothesis child, int index)
    {
        child.Note = _progress[index];
        child.Reward = int.PopCount(_progress[index].Satisfied);
    }

    protected override void End(Hypothesis text)
    {
        // Among texts that have satisfied as many clauses, whole ones come first.
        if (text.IsComplete) text.Reward += 0.5;
        _bank.Add(text);
    }

    protected override void Settle()
    {
        // A text never becomes likelier than its beginning is.
        if (_bank.Texts is [{ IsComplete: true } best] && _phrases.IsSatisfied(Progress(best))) Drop(hypothesis => hypothesis.LogProbability <= best.LogProbability);
    }

    protected override void Answer(IReadOnlyList<Hypothesis> answer)
    {
        var satisfied = Progress(answer[0]).Satisfied;
        if (_options.Clauses.Where((_, clause) => (satisfied >> clause & 1) == 0).ToList() is { Count: > 0 } missing)
            Run.Rewards.Warn($"{_options.Kind}: the answer says none of {string.Join(" and none of ", missing)}. Ask for it in the prompt, allow more tokens or more beams, or raise {nameof(LexicalBeamOptions.Prune)}.");
    }

    private void Want(int index, int token, ReadOnlySpan<float> logits)
    {
        if (!_wanted.Add((index, token)) || _candidates.Ids.Span.Contains(token)) return;
        var hypothesis = Open[index];
        var logProbability = hypothesis.LogProbability + HypothesisBatch.LogProbability(hypothesis.State, hypothesis.Row, logits, token);
        if (double.IsFinite(logProbability)) _offered.Add(new Continuation(index, token, logProbability, logProbability));
    }

    private static LexicalProgress Progress(Hypothesis hypothesis) => (LexicalProgress?)hypothesis.Note ?? LexicalPhrases.Start;

    /// <summary>The candidates, likeliest first: none that says what it must not, and no end that comes too early.</summary>
    private List<Candidate> Pool(out List<Candidate> unfinished)
    {
        (List<Candidate> pool, unfinished) = ([], []);
        var rank = 0;
        foreach (var each in _offered.OrderByDescending(each => each.LogProbability))
        {
            if (rank++ >= _pool && !_wanted.Contains((each.Parent, each.Token))) continue;
            if (_phrases.Next(Progress(Open[each.Parent]), each.Token) is not { } progress) continue;
            (Run.Limits.IsEnd(each.Token) && !_phrases.IsSatisfied(progress) ? unfinished : pool).Add(new Candidate(each, progress));
        }

        return pool;
    }

    /// <summary>Candidates that do not lag behind too far, by score.</summary>
    private async ValueTask<List<Candidate>> RankAsync(List<Candidate> pool, CancellationToken cancellationToken)
    {
        if (pool.Count == 0) return pool;
        var least = pool.Max(each => int.PopCount(each.Progress.Satisfied)) - (_options.SatTolerance ?? 2);
        pool.RemoveAll(each => int.PopCount(each.Progress.Satisfied) < least);
        var future = _lookahead is null ? null : await _lookahead.ValuesAsync(pool.ConvertAll(Try), pool.ConvertAll(each => each.Progress), cancellationToken).ConfigureAwait(false);
        var length = Open[0].State.Generated.Length + 1;
        for (var i = 0; i < pool.Count; i++)
        {
            var (continuation, progress) = pool[i];
            var score = Score(continuation.LogProbability, length, _options.PhraseWeight ?? 0.1, _phrases.Fraction(progress), Alpha, future?[i] ?? 0);
            pool[i] = new Candidate(continuation with { Score = score }, progress);
        }

        return [.. pool.OrderByDescending(each => each.Continuation.Score)];
    }

    /// <summary>What a candidate is ranked by.</summary>
    internal static double Score(double logProbability, int length, double phraseWeight, double fraction, double alpha, double future)
        => (logProbability / length) + (phraseWeight * fraction) + (alpha == 0 ? 0 : alpha * future);

    private Hypothesis Try(Candidate candidate)
    {
        var parent = Open[candidate.Continuation.Parent];
        var child = parent.Fork();
        child.Append(candidate.Continuation.Token, parent.Row, Run.Limits);
        return child;
    }

    /// <summary>The best of each set of satisfied clauses, then the second of each, and so on.</summary>
    private IEnumerable<Candidate> TakeTurns(List<Candidate> ranked) => ranked
        .GroupBy(each => each.Progress.Satisfied)
        .SelectMany(group => group.Select((each, turn) => (Each: each, Turn: turn)))
        .OrderBy(each => each.Turn).ThenByDescending(each => each.Each.Continuation.Score)
        .Take(_options.Beams).Select(each => each.Each);

    /// <summary>The best of each bank: all banks have equal shares, the fullest what is left over.</summary>
    private List<Candidate> Allocate(List<Candidate> pool)
    {
        var banks = pool.GroupBy(each => _phrases.MetTokens(each.Progress)).OrderByDescending(bank => bank.Key).Select(bank => bank.ToList()).ToList();
        var share = _options.Beams / (_phrases.TokenCount + 1);
        List<Candidate> beam = [.. banks.SelectMany(bank => bank.Take(share))];
        foreach (var bank in banks) beam.AddRange(bank.Skip(share).Take(_options.Beams - beam.Count));
        return beam;
    }

    private readonly record struct Candidate(Continuation Continuation, LexicalProgress Progress);
}
