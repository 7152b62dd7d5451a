using Decant.Samples.TrainTiny.World;

namespace Decant.Tests.TrainTiny;

public class WorldTests
{
    private static readonly TinyWorld _world = TinyWorld.Default;

    [Fact]
    public void It_has_at_least_300_entities_of_every_kind_with_different_names()
    {
        Assert.True(_world.Entities.Count >= 300);
        Assert.Equal(_world.Entities.Count, _world.Entities.Select(entity => entity.Name).Distinct().Count());
        Assert.All(Enum.GetValues<EntityKind>(), kind => Assert.True(_world.Entities.Count(entity => entity.Kind == kind) >= 50));
    }

    // The embedded models were trained on this table: another one makes their knowledge wrong.
    [Fact]
    public void The_table_is_the_one_the_models_were_trained_on()
    {
        var table = string.Join('\n', _world.Entities.Select(entity => $"{entity.Name} {string.Join(' ', Traits.Of(entity.Kind).Select(trait => entity.Values[trait.Name]))}"));
        Assert.Equal(TableHash, Split.Hash(table));
    }

    [Fact]
    public void Every_value_is_one_its_trait_can_have()
    {
        foreach (var entity in _world.Entities)
            Assert.All(Traits.Of(entity.Kind), trait => Assert.Contains(entity.Values[trait.Name], _world.Values(trait)));
    }

    [Fact]
    public void Every_trait_can_be_asked_and_said()
    {
        Assert.All(Traits.All, trait =>
        {
            Assert.True(trait.Questions.Count >= 5);
            Assert.All(trait.Questions, question => Assert.Contains("{n}", question));
            Assert.All(trait.Statements, statement => Assert.True(statement.Contains("{n}") && statement.Contains("{v}")));
            Assert.Contains("{v}", trait.Continuation);
            Assert.True(trait.NamesOf is null == trait.Words.Count > 0);
        });
    }

    [Theory]
    [InlineData("Person", "Banalia", "Banalia lives in X.", "She lives in X.")]
    [InlineData("Person", "Banaron", "Banaron lives in X.", "He lives in X.")]
    [InlineData("Animal", "Banapod", "The Banapod lives in X.", "It lives in X.")]
    public void Sentences_have_capitals_articles_and_pronouns(string kind, string name, string byName, string byPronoun)
    {
        var entity = new Entity(Enum.Parse<EntityKind>(kind), name, new Dictionary<string, string>());
        Assert.Equal(byName, Trait.Fill("{n} lives in {v}.", entity, "X"));
        Assert.Equal(byPronoun, Trait.Fill("{they} lives in {v}.", entity, "X"));
    }

    [Fact]
    public void Invented_entities_are_unknown_and_on_their_side_of_the_split()
    {
        var random = new Random(3);
        var known = _world.Entities.Select(entity => entity.Name).ToHashSet();
        for (var i = 0; i < 500; i++)
        {
            var heldOut = i % 2 == 0;
            var entity = _world.Invent(random, EntityKind.Person, heldOut);
            Assert.DoesNotContain(entity.Name, known);
            Assert.Equal(heldOut, Split.IsHeldOut(entity.Name));
        }
    }

    private const uint TableHash = 2004624622;
}
