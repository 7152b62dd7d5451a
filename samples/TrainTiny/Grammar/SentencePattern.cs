using System.Text.RegularExpressions;

namespace Decant.Samples.TrainTiny.Grammar;

/// <summary>One sentence with slots, for writing and for recognising.</summary>
internal sealed partial class SentencePattern
{
    private readonly string _text;
    private readonly Regex _regex;
    private readonly string[] _slots;

    public SentencePattern(string text)
    {
        _text = text;
        _slots = [.. SlotPattern().Matches(text).Select(match => match.Groups[1].Value).Distinct()];
        var seen = new HashSet<string>();
        var pattern = string.Concat(SlotPattern().Split(Lower(text)).Select((part, i) => i % 2 == 0 ? Regex.Escape(part) : Group(part, seen.Add(part))));
        _regex = new Regex($"^{pattern}$", RegexOptions.CultureInvariant);
    }

    /// <summary>The sentence; slots without a filling are drawn and added to <paramref name="fillings"/>.</summary>
    public string Write(Dictionary<string, string> fillings, Func<string, string> draw)
    {
        var sentence = SlotPattern().Replace(_text, match =>
        {
            var slot = match.Groups[1].Value;
            if (!fillings.TryGetValue(slot, out var value)) fillings[slot] = value = draw(slot);
            return value;
        });
        return char.ToUpperInvariant(sentence[0]) + sentence[1..];
    }

    /// <summary>
    /// Whether a sentence has this form, its words fit their slots, and slots that <paramref name="fillings"/> already knows have the same
    /// filling. What it learns is added to <paramref name="fillings"/>.
    /// </summary>
    public bool Matches(string sentence, Dictionary<string, string> fillings)
    {
        if (sentence.Length == 0 || !char.IsUpper(sentence[0])) return false;
        var match = _regex.Match(Lower(sentence));
        if (!match.Success) return false;
        var learnt = new Dictionary<string, string>();
        foreach (var slot in _slots)
        {
            var group = match.Groups[slot];
            // The sentence's first word was made small: a name gets its capital back.
            var isName = slot == "n" ? !group.Value.Contains(' ') : !Slots.Accepts(slot, group.Value);
            learnt[slot] = group.Index == 0 && isName ? char.ToUpperInvariant(group.Value[0]) + group.Value[1..] : group.Value;
            if (!Slots.Accepts(slot, learnt[slot]) || (fillings.TryGetValue(slot, out var known) && known != learnt[slot])) return false;
        }

        foreach (var (slot, value) in learnt) fillings[slot] = value;
        return true;
    }

    private static string Group(string slot, bool first) => !first ? $@"\k<{slot}>" : slot == "n" ? @"(?<n>(?:the )?\w+)" : $@"(?<{slot}>\w+)";

    private static string Lower(string text) => char.ToLowerInvariant(text[0]) + text[1..];

    [GeneratedRegex(@"\{(\w+)\}")]
    private static partial Regex SlotPattern();
}
