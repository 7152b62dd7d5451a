namespace Decant.Decoding;

/// <summary>The best texts that have ended, best first: by reward, then by score, then by probability. Serves one caller at a time.</summary>
/// <param name="most">Most to keep.</param>
internal sealed class BeamBank(int most)
{
    private readonly List<Hypothesis> _texts = [];

    public IReadOnlyList<Hypothesis> Texts => _texts;

    public bool IsFull => _texts.Count == most;

    /// <summary>The score that a text must have more than to be kept; −∞ while there is room.</summary>
    public double Worst => IsFull ? _texts[^1].Score : double.NegativeInfinity;

    public void Add(Hypothesis text)
    {
        var place = _texts.Count;
        while (place > 0 && Rank(text).CompareTo(Rank(_texts[place - 1])) > 0) place--;
        _texts.Insert(place, text);
        if (_texts.Count > most) _texts.RemoveAt(most);
    }

    public void Remove(Predicate<Hypothesis> unwanted) => _texts.RemoveAll(unwanted);

    private static (double, double, double) Rank(Hypothesis text) => (text.Reward, text.Score, text.LogProbability);
}
