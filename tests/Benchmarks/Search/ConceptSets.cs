using System.Text.Json;
using System.Text.RegularExpressions;
using Decant.Samples.TrainTiny.Corpus;
using Decant.Samples.TrainTiny.Corpus.Families;
using Decant.Samples.TrainTiny.World;

namespace Decant.Benchmarks.Search;

/// <summary>A request for a text, and words that it must have: for each a list of its forms.</summary>
internal sealed record ConceptSet(string Request, IReadOnlyList<IReadOnlyList<string>> Words);

/// <summary>CommonGen's concept sets, restricted to words that decant-tiny can write: each set is asked of the text, among reports and stories about entities that training has none about, that can have most of it.</summary>
internal static partial class ConceptSets
{
    private const int DrawnTexts = 60;

    private static readonly Dictionary<string, string[]> _irregular = new()
    {
        ["buy"] = ["bought"], ["come"] = ["came"], ["eat"] = ["ate"], ["find"] = ["found"], ["give"] = ["gave"], ["go"] = ["went"], ["lose"] = ["lost"], ["run"] = ["ran"], ["see"] = ["saw"],
        ["sell"] = ["sold"], ["take"] = ["took"], ["tire"] = ["tired"],
    };

    /// <summary>The sets of which at least one word can be written.</summary>
    /// <param name="file">CommonGen's file.</param>
    public static IReadOnlyList<ConceptSet> Read(string file)
    {
        using var document = JsonDocument.Parse(File.ReadAllBytes(file));
        var sets = document.RootElement.EnumerateArray().Select(entry => entry.GetProperty("concept_set").EnumerateArray().Select(word => word.GetString()!.Split('_')[0]).ToList()).ToList();
        var texts = Texts().ToList();
        return [.. sets.Select((set, i) => Restrict(set, texts, i)).Where(set => set.Words.Count > 0)];
    }

    private static ConceptSet Restrict(List<string> set, List<(string Request, HashSet<string> Words)> texts, int index)
    {
        // Among texts that can have as many of the words, sets take turns.
        var most = texts.Max(text => set.Count(word => CanHave(text.Words, word)));
        var fitting = texts.Where(text => set.Count(word => CanHave(text.Words, word)) == most).ToList();
        var (request, words) = fitting[index % fitting.Count];
        return new ConceptSet(request, [.. set.Where(word => CanHave(words, word)).Select(word => (IReadOnlyList<string>)[.. Forms(word).Where(words.Contains)])]);
    }

    private static IEnumerable<(string Request, HashSet<string> Words)> Texts()
    {
        foreach (var stories in (bool[])[true, false])
        {
            var family = new Texts(TinyWorld.Default, stories);
            foreach (var entity in family.HeldOutEntities)
            {
                var random = new Random(7);
                var examples = Enumerable.Range(0, DrawnTexts).Select(_ => family.Ask(random, entity)).ToList();
                yield return (examples[0].Turns[^2].Content, [.. examples.SelectMany(example => Word().Matches(example.Answer.Content)).Select(match => match.Value)]);
            }
        }
    }

    private static bool CanHave(HashSet<string> words, string word) => Forms(word).Any(words.Contains);

    private static IEnumerable<string> Forms(string word) => [word, word + "s", word + "es", word + "d", word + "ed", word + "ing", .. _irregular.GetValueOrDefault(word, [])];

    [GeneratedRegex(@"\b[a-z]+\b")]
    private static partial Regex Word();
}
