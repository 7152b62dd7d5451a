namespace Decant.Decoding;

/// <summary>The best of the continuations that it is offered, best first; of equal ones the earlier. Serves one caller at a time.</summary>
/// <param name="most">Most to keep.</param>
internal sealed class TopContinuations(int most)
{
    private readonly Continuation[] _kept = new Continuation[most];
    private int _count;

    public ReadOnlySpan<Continuation> Kept => _kept.AsSpan(0, _count);

    public void Clear() => _count = 0;

    public void Offer(in Continuation offered)
    {
        var place = _count;
        while (place > 0 && offered.Beats(_kept[place - 1])) place--;
        if (place == most) return;
        if (_count < most) _count++;
        for (var i = _count - 1; i > place; i--) _kept[i] = _kept[i - 1];
        _kept[place] = offered;
    }
}
