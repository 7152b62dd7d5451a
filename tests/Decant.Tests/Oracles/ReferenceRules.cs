using System.Text;

namespace Decant.Tests;

/// <summary>Whether a text belongs to rules, by trying everything: where each rule can end when it begins at each place, again and again until nothing new is found.</summary>
internal sealed class ReferenceRules(IReadOnlyDictionary<string, RuleSyntax> rules, RegexDerivatives derivatives)
{
    public bool Reads(string root, string text)
    {
        var bytes = Encoding.UTF8.GetBytes(text);
        var ends = new Dictionary<(string Rule, int Start), HashSet<int>>();
        for (var before = -1; before != ends.Sum(end => end.Value.Count);)
        {
            before = ends.Sum(end => end.Value.Count);
            foreach (var (name, body) in rules)
            {
                for (var start = 0; start <= bytes.Length; start++)
                {
                    if (!ends.TryGetValue((name, start), out var known)) ends[(name, start)] = known = [];
                    known.UnionWith(Ends(body, start));
                }
            }
        }

        return ends[(root, 0)].Contains(bytes.Length);

        IEnumerable<int> Ends(RuleSyntax part, int start) => part switch
        {
            RuleSyntax.Leaf leaf => LeafEnds(leaf.Texts, start),
            RuleSyntax.Reference reference => ends.TryGetValue((reference.Name, start), out var known) ? known.ToArray() : [],
            RuleSyntax.Sequence sequence => sequence.Parts.Aggregate((IEnumerable<int>)[start], (from, next) => [.. from.SelectMany(at => Ends(next, at)).Distinct()]),
            RuleSyntax.Choice choice => choice.Parts.SelectMany(way => Ends(way, start)).Distinct(),
            RuleSyntax.Repeat repeat => RepeatEnds(repeat, start),
            _ => throw new NotSupportedException(),
        };

        IEnumerable<int> LeafEnds(ByteRegex texts, int start)
        {
            for (var end = start; ; end++)
            {
                if (texts.IsNullable) yield return end;
                if (end == bytes.Length) yield break;
                texts = derivatives.Derive(texts, bytes[end]);
            }
        }

        IEnumerable<int> RepeatEnds(RuleSyntax.Repeat repeat, int start)
        {
            var found = new HashSet<int>();
            int[] from = [start];

            // No text is longer than its bytes: more times than that add nothing but empty ones.
            var most = Math.Min(repeat.Max ?? int.MaxValue, repeat.Min + bytes.Length + 1);
            for (var times = 0; times <= most; times++)
            {
                if (times >= repeat.Min) found.UnionWith(from);
                from = [.. from.SelectMany(at => Ends(repeat.Part, at)).Distinct()];
            }

            return found;
        }
    }
}
