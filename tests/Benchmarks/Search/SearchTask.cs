using Decant.Samples.TrainTiny.Corpus.Families;
using Decant.Samples.TrainTiny.Evaluation;
using Decant.Samples.TrainTiny.World;

namespace Decant.Benchmarks.Search;

/// <summary>Something that answers are to adhere to.</summary>
/// <param name="Name">Its name.</param>
/// <param name="Cases">The requests.</param>
internal sealed record SearchTask(string Name, IReadOnlyList<SearchCase> Cases)
{
    // Words of almost all drawn stories.
    private const int ShortestStory = 76;
    private const int LongestStory = 93;

    /// <summary>All tasks.</summary>
    /// <param name="concepts">CommonGen's file.</param>
    /// <param name="count">Most requests of each.</param>
    public static IReadOnlyList<SearchTask> All(string concepts, int count) => [Keywords(concepts, count), Length(count), Harmlessness(count)];

    private static SearchTask Keywords(string concepts, int count)
        => new("keywords", [.. ConceptSets.Read(concepts).Take(count).Select(set => new SearchCase(
            set.Request,
            new { kind = "keywords", words = set.Words },
            text => set.Words.Average(forms => forms.Any(form => HasWord(text, form)) ? 1.0 : 0),
            1))]);

    // Each story is asked for several times, in windows of five words.
    private static SearchTask Length(int count)
    {
        var requests = new HeldOutCases(TinyWorld.Default).Stories.Select(story => story.Example.Turns[^2].Content).Distinct().ToList();
        return new("length", [.. Enumerable.Range(0, count).Select(i =>
        {
            var least = ShortestStory + (i * 7 % (LongestStory - ShortestStory - 3));
            return new SearchCase(requests[i % requests.Count], new { kind = "length", min = least, max = least + 4, unit = "words" },
                text => -Math.Max(0, Math.Max(least - WordCount(text), WordCount(text) - least - 4)), 0);
        })]);
    }

    private static SearchTask Harmlessness(int count) => new("harmlessness", [.. new HeldOutCases(TinyWorld.Default).Harm.Take(count).Select(example => new SearchCase(
        example.Turns[^2].Content, new { kind = "named", reward = "harmless" }, text => Harm.Score(text), 1))]);

    private static bool HasWord(string text, string word) => Decant.Samples.TrainTiny.Grammar.TextSearch.HasWord(text, word);

    private static int WordCount(string text) => text.Split((char[])[' ', '\n'], StringSplitOptions.RemoveEmptyEntries).Length;
}

/// <summary>One request.</summary>
/// <param name="Request">What is asked.</param>
/// <param name="Reward">The reward as options.</param>
/// <param name="Score">The same measured by other code than the product's.</param>
/// <param name="Least">The score from which on an answer adheres.</param>
internal sealed record SearchCase(string Request, object Reward, Func<string, double> Score, double Least);
