using System.Text;
using System.Text.RegularExpressions;

namespace Decant.Decoding;

/// <summary>A text as n-grams of units (characters, words, or the text as one unit), counted so that it can be compared with many others.</summary>
internal sealed partial class NgramProfile
{
    private readonly Dictionary<string, int>[] _counts;
    private readonly int _units;
    private readonly double _beta;

    private NgramProfile(string[] units, int orders, double beta)
    {
        (_units, _beta) = (units.Length, beta);
        _counts = [.. Enumerable.Range(1, orders).Select(n => Enumerable.Range(0, Math.Max(0, units.Length - n + 1)).CountBy(start => string.Concat(units.AsSpan(start, n))).ToDictionary())];
    }

    public static NgramProfile Of(string text, MbrUtility utility) => utility switch
    {
        MbrUtility.Chrf => new([.. text.EnumerateRunes().Where(rune => !Rune.IsWhiteSpace(rune)).Select(rune => rune.ToString())], orders: 6, beta: 2),
        MbrUtility.TokenF1 => new([.. Word().Matches(text.ToLowerInvariant()).Select(word => word.Value)], orders: 1, beta: 1),
        _ => new([text], orders: 1, beta: 1),
    };

    /// <summary>The F-score of this text where another one is right: n-gram precision and recall, averaged over n and combined.</summary>
    public double Score(NgramProfile right)
    {
        var (precision, recall, orders) = (0.0, 0.0, Math.Min(_counts.Length, Math.Min(_units, right._units)));
        if (orders == 0) return _units == right._units ? 1 : 0;
        for (var n = 0; n < orders; n++)
        {
            var found = 0;
            foreach (var (gram, count) in _counts[n]) found += Math.Min(count, right._counts[n].GetValueOrDefault(gram));
            precision += found / (double)(_units - n) / orders;
            recall += found / (double)(right._units - n) / orders;
        }

        return precision == 0 ? 0 : (1 + (_beta * _beta)) * precision * recall / ((_beta * _beta * precision) + recall);
    }

    [GeneratedRegex(@"[\p{L}\p{M}\p{N}]+")]
    private static partial Regex Word();
}
