namespace Decant.Decoding;

/// <summary>Beams in groups, one after the other at each token, that rank continuations by likelihood.</summary>
/// <param name="run">The call.</param>
/// <param name="options">Scores and when to stop.</param>
/// <param name="width">Beams of a group.</param>
/// <param name="groups">How many groups.</param>
/// <param name="diversity">What it costs a group to go on as one before it does.</param>
internal sealed class LikelihoodBeam(SearchRun run, BeamSearchOptions options, int width, int groups, double diversity) : BeamRun(run)
{
    private readonly CandidateTokens _candidates = new(2 * width * groups);
    private readonly List<Continuation> _offered = [];
    private readonly TopContinuations _best = new(2 * width);
    private readonly Dictionary<int, int> _taken = [];
    private readonly List<BeamBank> _chosenFor = [];

    // A hypothesis' note is its group's bank. The first one has none: all groups go on from it.
    private readonly BeamBank[] _banks = [.. Enumerable.Range(0, groups).Select(_ => new BeamBank(width))];

    protected override IEnumerable<Hypothesis> Ended => groups == 1 ? _banks[0].Texts : _banks.SelectMany(bank => bank.Texts).OrderByDescending(text => text.Score);

    protected override void Read(int index, ReadOnlySpan<float> logits, BranchStep step) => Offer(index, logits, _candidates, _offered);

    protected override ValueTask SelectAsync(List<Continuation> chosen, CancellationToken cancellationToken)
    {
        _taken.Clear();
        _chosenFor.Clear();
        foreach (var bank in _banks) Select(bank, chosen);
        _offered.Clear();
        return ValueTask.CompletedTask;
    }

    protected override void Grown(Hypothesis child, int index) => child.Note = _chosenFor[index];

    protected override void End(Hypothesis text)
    {
        text.Score = Score(text.LogProbability, text.State.Generated.Length);
        ((BeamBank)text.Note!).Add(text);
    }

    protected override void Settle()
    {
        foreach (var bank in _banks)
        {
            if (IsDone(bank)) Drop(hypothesis => hypothesis.Note == bank);
        }
    }

    private void Select(BeamBank bank, List<Continuation> chosen)
    {
        _best.Clear();
        foreach (var offered in _offered)
        {
            if (Open[offered.Parent].Note is { } other && other != bank) continue;
            _best.Offer(_taken.TryGetValue(offered.Token, out var times) ? offered with { Score = offered.LogProbability - (diversity * times) } : offered);
        }

        var first = chosen.Count;
        Choose(_best.Kept, width, chosen);
        for (var i = first; i < chosen.Count; i++)
        {
            _chosenFor.Add(bank);
            if (groups > 1 && !Run.Limits.IsEnd(chosen[i].Token)) _taken[chosen[i].Token] = _taken.GetValueOrDefault(chosen[i].Token) + 1;
        }
    }

    private bool IsDone(BeamBank bank)
    {
        if (!bank.IsFull) return false;
        if (options.EarlyStopping == EarlyStopping.First) return true;
        var (best, length) = (double.NegativeInfinity, 0);
        foreach (var hypothesis in Open)
        {
            if (hypothesis.Note == bank) (best, length) = (Math.Max(best, hypothesis.LogProbability), hypothesis.State.Generated.Length);
        }

        if (length == 0) return false;

        // The longest text has the best score if lengths make scores better.
        if (options is { EarlyStopping: EarlyStopping.Never, LengthPenalty: > 0 }) length = Longest(length);
        return Score(best, length) <= bank.Worst;
    }

    private int Longest(int length) => (int)Math.Min(Run.Limits.MaxTokens, length + (long)Open.Max(hypothesis => hypothesis.Branches.Room));

    private double Score(double logProbability, int length) => logProbability / Math.Pow(length, options.LengthPenalty);
}
