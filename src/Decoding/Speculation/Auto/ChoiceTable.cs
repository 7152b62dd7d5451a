using System.Collections.Concurrent;
using System.Runtime.CompilerServices;

namespace Decant.Decoding;

/// <summary>What every choice has given in calls of one kind, and which to take next. Safe for concurrent use.</summary>
/// <remarks>
/// The choice with the most tokens per time is kept until another is clearly better. Others are tried when they are due: at once where nothing is known of them, again at once where
/// a try did better than the best, and otherwise after a pause that doubles. A round is only ever risked while the call can afford it to give a single token.
/// </remarks>
internal sealed class ChoiceTable
{
    private const double Memory = 0.9;
    private const double Clearly = 1.05;
    private const int FirstPause = 4;
    private const int LongestPause = 256;
    private const int Stale = 32;
    private const double ReadCost = 1.0 / 32;
    private const int MostKinds = 256;
    private static readonly ConditionalWeakTable<DecodingServices, ConcurrentDictionary<string, ChoiceTable>> _tables = [];

    private readonly Lock _lock = new();
    private readonly Choice[] _choices;
    private long _round;
    private int _best;

    public ChoiceTable(int drafters, IReadOnlyList<int> lengths)
    {
        int[] ascending = [.. lengths.Distinct().Order()];

        // Short drafts risk little: they are tried first.
        _choices = [new Choice(-1, 0), .. ascending.SelectMany(length => Enumerable.Range(0, drafters).Select(drafter => new Choice(drafter, length)))];
    }

    /// <summary>The table of a kind of call. Where there are too many kinds, all are learnt anew.</summary>
    public static ChoiceTable Of(DecodingServices services, string kind, int drafters, IReadOnlyList<int> lengths)
    {
        var tables = _tables.GetOrCreateValue(services);
        if (tables.TryGetValue(kind, out var known)) return known;
        if (tables.Count >= MostKinds) tables.Clear();
        return tables.GetOrAdd(kind, _ => new ChoiceTable(drafters, lengths));
    }

    /// <summary>A choice: the drafter's index, −1 for none, and the most tokens it drafts.</summary>
    public (int Drafter, int Length) this[int choice] => (_choices[choice].Drafter, _choices[choice].Length);

    /// <summary>The next round's choice.</summary>
    /// <param name="ledger">The call's.</param>
    /// <param name="unread">How many tokens a drafter would have to read first; null for one that is not to be chosen.</param>
    /// <param name="tries">Whether others than the best may be tried.</param>
    public int Choose(ChoiceLedger ledger, Func<int, int?> unread, bool tries = true)
    {
        lock (_lock)
        {
            _round++;
            var plain = _choices[0];
            if (plain.Tries == 0) return 0;
            var tried = -1;
            for (var i = 0; tries && i < _choices.Length; i++)
            {
                if (i != _best && _choices[i].Due <= _round && (tried < 0 || _choices[i].Tries < _choices[tried].Tries) && Affordable(i)) tried = i;
            }

            if (tried >= 0) return tried;
            var best = Best(unread);
            return Affordable(best) ? best : 0;
        }

        bool Affordable(int index)
        {
            var (choice, token) = (_choices[index], _choices[0].TimePerRound);
            return index == 0 || (unread(choice.Drafter) is { } count && ledger.Allows(Expected(choice, token) + ReadCost * token * Math.Max(0, count - 1) - token, token));
        }
    }

    /// <summary>Takes in what a round gave.</summary>
    /// <param name="index">Its choice.</param>
    /// <param name="tokens">Tokens it gave.</param>
    /// <param name="time">Milliseconds it took.</param>
    /// <param name="isTypical">Whether it says anything about later ones.</param>
    /// <param name="ledger">The call's.</param>
    public void Learn(int index, int tokens, double time, bool isTypical, ChoiceLedger ledger)
    {
        lock (_lock)
        {
            var choice = _choices[index];
            if (isTypical) choice.Add(tokens, time, _round - choice.Last > Stale ? Memory / 2 : Memory);
            choice.Last = _round;
            ledger.Add(tokens, time, index == 0 ? time : _choices[0].TimePerRound);
            if (!isTypical) return;
            if (index != _best) Pause(choice, doubled: tokens <= time * _choices[_best].Rate);
            var best = 0;
            for (var i = 1; i < _choices.Length; i++)
            {
                if (_choices[i].Rate > _choices[best].Rate) best = i;
            }

            if (best == _best || _choices[best].Rate <= Clearly * _choices[_best].Rate) return;
            _choices[_best].Due = _round + FirstPause;
            (_choices[_best].Pause, _best) = (FirstPause, best);
        }
    }

    // Where a call cannot use the best, the best of the others.
    private int Best(Func<int, int?> unread)
    {
        if (_best == 0 || unread(_choices[_best].Drafter) is not null) return _best;
        var best = 0;
        for (var i = 1; i < _choices.Length; i++)
        {
            if (_choices[i].Rate > _choices[best].Rate && unread(_choices[i].Drafter) is not null) best = i;
        }

        return best;
    }

    private void Pause(Choice choice, bool doubled)
    {
        choice.Pause = doubled ? Math.Clamp(2 * choice.Pause, FirstPause, LongestPause) : 0;
        choice.Due = _round + choice.Pause;
    }

    // Of what has not been tried, a sibling of another length tells; otherwise a round is expected to take twice a plain one's time.
    private double Expected(Choice choice, double token)
    {
        if (choice.Tries > 0) return choice.TimePerRound;
        var sibling = Array.Find(_choices, other => other.Drafter == choice.Drafter && other.Tries > 0);
        return sibling is null ? 2 * token : token + Math.Max(0, sibling.TimePerRound - token) * choice.Length / sibling.Length;
    }

    private sealed class Choice(int drafter, int length)
    {
        private double _tokens;
        private double _time;
        private double _rounds;

        public int Drafter => drafter;

        public int Length => length;

        public int Tries { get; private set; }

        public long Due { get; set; }

        public int Pause { get; set; }

        public long Last { get; set; }

        public double Rate => Tries == 0 ? 0 : _tokens / Math.Max(_time, double.Epsilon);

        public double TimePerRound => _time / Math.Max(_rounds, 1e-9);

        public void Add(int tokens, double time, double memory)
        {
            (_tokens, _time, _rounds) = (memory * _tokens + tokens, memory * _time + time, memory * _rounds + 1);
            Tries++;
        }
    }
}
