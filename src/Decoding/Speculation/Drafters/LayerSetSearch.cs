namespace Decant.Decoding;

/// <summary>
/// Looks for the set of layers' parts without which a model guesses its own text best: random sets, and every 25th time the one that the scores so far speak for
/// (after SWIFT, Xia et al. 2024, whose Gaussian process is a linear estimate here: what each part's absence has cost on average). Shared by calls; safe for concurrent use.
/// </summary>
internal sealed class LayerSetSearch
{
    private const double GoodEnough = 0.95;
    private const int RefineEvery = 25;
    private const int MostWithoutGain = 200;

    private readonly Lock _lock = new();
    private readonly Random _random = new(1);
    private readonly HashSet<LayerPlan> _tried = [];
    private readonly LayerPlan _start;
    private readonly int _parts;
    private readonly int _left;
    private readonly double[] _sums;
    private readonly int[] _counts;
    private double _bestScore = -1;
    private int _proposed;
    private int _withoutGain;
    private bool _done;

    /// <param name="start">The first set to try, and its exit; an empty set is none.</param>
    /// <param name="layers">How many layers run.</param>
    /// <param name="skipRatio">The fraction of all parts, two per layer, to leave out.</param>
    public LayerSetSearch(LayerPlan start, int layers, double skipRatio)
    {
        (_start, _parts) = (start, 2 * Math.Max(0, layers - 2));
        _left = Math.Clamp((int)Math.Round(2 * layers * skipRatio), Math.Min(1, _parts), _parts);
        (_sums, _counts) = (new double[_parts], new int[_parts]);
        if (start.SkipAttention.Count + start.SkipMlp.Count > 0) Best = start;
    }

    /// <summary>The best set so far; null before the first.</summary>
    public LayerPlan? Best { get; private set; }

    /// <summary>The next set to try, or null when the search is over.</summary>
    public LayerPlan? Next()
    {
        lock (_lock)
        {
            if (_done) return null;
            if (Best == _start && _tried.Add(_start)) return _start;
            var refine = ++_proposed % RefineEvery == 0;

            // Of few sets, all are soon tried.
            for (var draw = 0; draw < 8 * RefineEvery; draw++)
            {
                var plan = refine && draw == 0 ? Plan(Estimate) : Plan(_ => _random.NextDouble());
                if (_parts > 0 && _tried.Add(plan)) return plan;
            }

            _done = true;
            return null;
        }
    }

    /// <summary>Learns how a set did.</summary>
    /// <param name="plan">What <see cref="Next"/> gave.</param>
    /// <param name="score">The fraction of tokens it guessed.</param>
    public void Add(LayerPlan plan, double score)
    {
        lock (_lock)
        {
            for (var part = 0; part < _parts; part++)
            {
                if (!(part % 2 == 0 ? plan.SkipAttention : plan.SkipMlp).Span.Contains(part / 2 + 2)) continue;
                _sums[part] += score;
                _counts[part]++;
            }

            _withoutGain++;
            if (score > _bestScore) (Best, _bestScore, _withoutGain) = (plan, score, 0);
            _done |= score >= GoodEnough || _withoutGain >= MostWithoutGain;
        }
    }

    private double Estimate(int part) => _counts[part] == 0 ? 0 : _sums[part] / _counts[part];

    /// <summary>The set of the parts that rank highest. Part 2i is the attention of layer i + 2, part 2i + 1 its feed-forward block.</summary>
    private LayerPlan Plan(Func<int, double> rank)
    {
        var parts = Enumerable.Range(0, _parts).OrderByDescending(rank).Take(_left).Order().ToArray();
        return _start with
        {
            SkipAttention = [.. parts.Where(part => part % 2 == 0).Select(part => part / 2 + 2)],
            SkipMlp = [.. parts.Where(part => part % 2 == 1).Select(part => part / 2 + 2)],
        };
    }
}
