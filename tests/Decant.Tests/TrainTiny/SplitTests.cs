using System.Text.RegularExpressions;
using Decant.Samples.TrainTiny.Corpus;
using Decant.Samples.TrainTiny.Corpus.Families;
using Decant.Samples.TrainTiny.Evaluation;
using Decant.Samples.TrainTiny.World;

namespace Decant.Tests.TrainTiny;

/// <summary>Nothing that evaluation asks was trained on: looked for in a long stretch of the training stream itself.</summary>
public partial class SplitTests
{
    private const int Examples = 30_000;
    private static readonly TinyWorld _world = TinyWorld.Default;
    private static readonly HeldOutCases _cases = new(_world);
    private static readonly List<Example> _stream = [.. Mixture.General(_world).Examples(1).Take(Examples), .. Mixture.Polite(_world).Examples(1).Take(Examples / 4)];
    private static readonly HashSet<string> _questions = [.. _stream.SelectMany(example => example.Turns).Where(turn => turn.Role == "user").Select(turn => turn.Content)];
    private static readonly HashSet<string> _words = [.. _stream.SelectMany(example => example.Turns).SelectMany(turn => Words(turn.Content))];

    [Fact]
    public void No_prompt_of_the_evaluation_is_in_training() => Assert.All(_cases.All, example => Assert.DoesNotContain(example.Turns[^2].Content, _questions));

    [Fact]
    public void Names_of_unseen_entities_are_nowhere_in_training()
    {
        var known = _world.Entities.Select(entity => entity.Name).ToHashSet();
        var names = _cases.Unseen.Select(item => item.Example).Concat(_cases.Json).SelectMany(example => Words(example.Turns[^2].Content))
            .Where(word => Enum.GetValues<EntityKind>().Any(kind => Names.IsName(word, kind)) && !known.Contains(word)).ToHashSet();
        Assert.True(names.Count > 300);
        Assert.Empty(names.Intersect(_words));
    }

    [Fact]
    public void Every_fact_is_trained_but_not_in_the_phrasing_that_is_asked()
    {
        Assert.Equal(_world.Entities.Count * 3, _cases.Facts.Count);
        Assert.All(_cases.Facts, fact => Assert.DoesNotContain(fact.Example.Turns[^2].Content, _questions));
        var trained = _cases.Facts.Count(fact => fact.Trait.Questions.Select((_, i) => fact.Trait.Ask(fact.Entity, i)).Any(_questions.Contains));
        Assert.Equal(_cases.Facts.Count, trained);
    }

    [Fact]
    public void Passages_and_texts_are_asked_about_entities_that_training_has_single_facts_of_only()
    {
        var heldOut = _world.HeldOutEntities.Select(entity => entity.Name).ToHashSet();
        Assert.InRange(heldOut.Count, 40, 90);
        Assert.All(_cases.Agreeing, item => Assert.Contains(Words(item.Example.Turns[^2].Content), heldOut.Contains));
        Assert.All(_cases.Reports.Concat(_cases.Stories), item => Assert.Contains(item.Entity.Name, heldOut));

        // They may be values of others (a town, a founder), but no passage is about them: none begins with one.
        var subjects = _questions.Where(text => text.StartsWith("Passage: ", StringComparison.Ordinal)).Select(text => SubjectOf(text.Split("\n\n")[1])).OfType<string>();
        Assert.Empty(subjects.Intersect(heldOut));
        var requests = _questions.Where(text => text.Contains("report", StringComparison.Ordinal) || text.Contains("story", StringComparison.Ordinal));
        Assert.Empty(requests.SelectMany(Words).Intersect(heldOut));
    }

    [Fact]
    public void Contradicted_facts_are_told_by_no_passage_in_training()
    {
        var entities = _world.TextEntities.ToDictionary(entity => entity.Name);
        var passages = _questions.Where(text => text.StartsWith("Passage: ", StringComparison.Ordinal)).Select(text => text["Passage: ".Length..].Split("\n\n"))
            .Where(parts => SubjectOf(parts[1]) is { } name && entities.ContainsKey(name) && parts[0].Contains(name, StringComparison.Ordinal)).ToList();
        Assert.True(passages.Count > 3000);
        foreach (var parts in passages)
        {
            var entity = entities[SubjectOf(parts[1])!];
            var fact = Traits.Of(entity.Kind).Single(trait => TinyWorld.IsHeldOutFact(entity, trait));
            Assert.DoesNotContain(parts[0].Split(". "), sentence => Tells(sentence.TrimEnd('.') + ".", entity, fact));
        }

        Assert.All(_cases.Contradicting, item =>
        {
            var parts = item.Example.Turns[^2].Content["Passage: ".Length..].Split("\n\n");
            var entity = entities[SubjectOf(parts[1])!];
            Assert.Contains(parts[0].Split(". "), sentence => Tells(sentence.TrimEnd('.') + ".", entity, Traits.Of(entity.Kind).Single(trait => TinyWorld.IsHeldOutFact(entity, trait))));
        });
    }

    private static bool Tells(string sentence, Entity entity, Trait trait) => trait.Statements.Append(trait.Continuation).Any(form =>
    {
        var around = Trait.Fill(form, entity, "|").Split('|');
        return sentence.StartsWith(around[0], StringComparison.OrdinalIgnoreCase) && sentence.EndsWith(around[1], StringComparison.OrdinalIgnoreCase);
    });

    [Fact]
    public void Operands_of_sums_are_never_added_in_training()
    {
        var trained = _questions.Select(Pair).OfType<(int, int)>().ToHashSet();
        Assert.True(trained.Count > 1000);
        Assert.All(_cases.Sums, example => Assert.DoesNotContain(Pair(example.Turns[^2].Content)!.Value, trained));
    }

    [Fact]
    public void Tools_things_and_victims_of_the_evaluation_are_new()
    {
        var tools = _stream.SelectMany(example => example.Tools).Select(tool => tool.Name).ToHashSet();
        Assert.All(_cases.ToolCalls, example => Assert.Empty(example.Tools.Select(tool => tool.Name).Intersect(tools)));
        Assert.NotEmpty(Tone.HeldOutThings);
        var toneQuestions = _questions.Where(text => text.Contains(" my ", StringComparison.Ordinal));
        Assert.Empty(toneQuestions.SelectMany(Words).Intersect(Tone.HeldOutThings));
    }

    private static IEnumerable<string> Words(string text) => WordPattern().Matches(text).Select(match => match.Value);

    private static string? SubjectOf(string question) => Words(question).FirstOrDefault(word => Enum.GetValues<EntityKind>().Any(kind => Names.IsName(word, kind)));

    private static (int, int)? Pair(string text)
    {
        var match = SumPattern().Match(text);
        if (!match.Success) return null;
        var (a, b) = (int.Parse(match.Groups[1].Value), int.Parse(match.Groups[2].Value));
        return (Math.Min(a, b), Math.Max(a, b));
    }

    [GeneratedRegex(@"\w+")]
    private static partial Regex WordPattern();

    [GeneratedRegex(@"(\d+) (?:\+|and|plus) (\d+)")]
    private static partial Regex SumPattern();
}
