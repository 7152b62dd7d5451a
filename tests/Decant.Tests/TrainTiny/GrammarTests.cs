using Decant.Samples.TrainTiny.Grammar;
using Decant.Samples.TrainTiny.World;

namespace Decant.Tests.TrainTiny;

public class GrammarTests
{
    private static readonly TinyWorld _world = TinyWorld.Default;
    private static readonly Entity _person = _world.Entities.First(entity => entity.Kind == EntityKind.Person);

    [Fact]
    public void Every_written_text_is_recognised()
    {
        var random = new Random(8);
        foreach (var plans in new[] { TextPlans.Reports, TextPlans.Stories })
        {
            foreach (var entity in _world.Entities.Where(entity => plans.Any(plan => plan.Kind == entity.Kind)))
            {
                var text = plans.First(plan => plan.Kind == entity.Kind).Write(random, entity, _world);
                Assert.Null(GrammarCheck.Fault(text, entity, plans));
            }
        }
    }

    [Fact]
    public void A_report_tells_the_truth()
    {
        var random = new Random(8);
        foreach (var entity in _world.Entities)
            Assert.Equal(3, GrammarCheck.ValuesNamed(TextPlans.Reports.First(plan => plan.Kind == entity.Kind).Write(random, entity, _world), entity));
    }

    [Fact]
    public void Broken_texts_are_rejected()
    {
        var random = new Random(11);
        for (var i = 0; i < 40; i++)
        {
            var text = TextPlans.Stories[0].Write(random, _person, _world);
            var sentences = text.Split(". ");
            var words = text.Split(' ');
            Rejected(string.Join(". ", sentences[1..]), "a sentence is missing at the start");
            Rejected(string.Join(". ", sentences[..^1]) + ".", "a sentence is missing at the end");
            Rejected(text[..^8], "it breaks off");
            Rejected(text + " " + sentences[1] + ".", "it goes on");
            Rejected(string.Join(". ", [sentences[1], sentences[0], .. sentences[2..]]), "sentences are swapped");
            Rejected(string.Join(". ", [sentences[0], .. sentences]), "a sentence is repeated");
            Rejected(char.ToLowerInvariant(text[0]) + text[1..], "it begins small");
            Rejected(text.Replace(_person.Name, _world.Entities.Last(entity => entity.Kind == EntityKind.Person).Name, StringComparison.Ordinal), "it is about somebody else");
            var at = random.Next(words.Length);
            Rejected(string.Join(' ', [.. words[..at], .. words[(at + 1)..]]), $"word {at}, {words[at]}, is missing");
            Rejected(string.Join(' ', [.. words[..at], words[at], .. words[at..]]), $"word {at} is doubled");
        }
    }

    [Theory]
    [InlineData(" she ", " he ")]
    [InlineData(" he ", " she ")]
    [InlineData(" lived ", " live ")]
    [InlineData("From that day", "On that day")]
    public void Wrong_words_are_rejected(string right, string wrong)
    {
        var random = new Random(12);
        var changed = 0;
        for (var i = 0; i < 60; i++)
        {
            var person = random.Pick(_world.Entities.Where(entity => entity.Kind == EntityKind.Person).ToList());
            var text = TextPlans.Stories[0].Write(random, person, _world);
            if (!text.Contains(right, StringComparison.Ordinal)) continue;
            changed++;
            Assert.False(GrammarCheck.IsFluent(text.Replace(right, wrong, StringComparison.Ordinal), person, TextPlans.Stories));
        }

        Assert.True(changed > 5);
    }

    [Fact]
    public void A_thing_keeps_its_name()
    {
        var random = new Random(13);
        for (var i = 0; i < 40; i++)
        {
            var text = TextPlans.Stories[0].Write(random, _person, _world);
            var thing = Words.Things.First(word => TextSearch.HasWord(text, word));
            var last = text.LastIndexOf(thing, StringComparison.Ordinal);
            Rejected(text[..last] + random.PickOther(Words.Things, thing) + text[(last + thing.Length)..], "the thing changed");
        }
    }

    [Theory]
    [InlineData("a bell.", "bell", true)]
    [InlineData("bell", "bell", true)]
    [InlineData("bells", "bell", false)]
    [InlineData("doorbell", "bell", false)]
    [InlineData("bells bell", "bell", true)]
    public void Words_are_found_whole(string text, string word, bool found) => Assert.Equal(found, TextSearch.HasWord(text, word));

    private static void Rejected(string text, string why) =>
        Assert.False(GrammarCheck.IsFluent(text, _person, TextPlans.Stories), $"{why}: {text}");
}
