using Decant.Samples.TrainTiny.World;

namespace Decant.Samples.TrainTiny.Grammar;

/// <summary>Recognises the texts of <see cref="TextPlans"/>: every sentence in its place and well formed, the same things called by the same names, pronouns that fit.</summary>
internal static class GrammarCheck
{
    /// <summary>Whether a text is one that some plan could have written about <paramref name="entity"/>, whatever it says about its values.</summary>
    public static bool IsFluent(string text, Entity entity, IReadOnlyList<TextPlan> plans) => Fault(text, entity, plans) is null;

    /// <summary>What is wrong with a text, for people; null when nothing is.</summary>
    public static string? Fault(string text, Entity entity, IReadOnlyList<TextPlan> plans)
    {
        var plan = plans.First(plan => plan.Kind == entity.Kind);
        var sentences = Sentences(text);
        var fillings = new Dictionary<string, string> { ["n"] = entity.Reference, ["they"] = entity.Pronoun, ["their"] = entity.Possessive };
        for (var i = 0; i < plan.Steps.Count; i++)
        {
            if (i >= sentences.Count) return "ends early";
            if (!plan.Steps[i].Any(form => form.Matches(sentences[i], fillings))) return $"sentence {i + 1}: {sentences[i]}";
        }

        return sentences.Count == plan.Steps.Count ? null : $"goes on: {sentences[plan.Steps.Count]}";
    }

    /// <summary>How many of the entity's values a text names.</summary>
    public static int ValuesNamed(string text, Entity entity) => entity.Values.Values.Count(value => TextSearch.HasWord(text, value));

    private static List<string> Sentences(string text)
    {
        var sentences = new List<string>();
        var start = 0;
        for (var end = text.IndexOf('.'); end >= 0; end = text.IndexOf('.', start))
        {
            sentences.Add(text[start..(end + 1)]);
            start = end + 1;
            if (start < text.Length && text[start] == ' ') start++;
            if (start >= text.Length) break;
        }

        if (start < text.Length) sentences.Add(text[start..]);
        return sentences;
    }
}
