using Decant.Samples.TrainTiny.World;

namespace Decant.Samples.TrainTiny.Corpus.Families;

/// <summary>
/// Whether something is known at all: yes for the entities of the world, no for invented ones. Who is to weigh memory against a passage must first know that there is
/// a memory; without this, models of this size learn it entity by entity and copy from every passage about the others.
/// </summary>
internal sealed class Acquaintance(TinyWorld world) : ITaskFamily
{
    private static readonly string[] _questions = ["Do you know {n}?", "Have you heard of {n}?", "Do you know anything about {n}?", "Is {n} known to you?", "Does {n} mean anything to you?"];

    public Example Draw(Random random)
    {
        var known = random.Chance(0.5);
        var kind = random.Pick(Enum.GetValues<EntityKind>());
        var withPassage = random.Chance(0.4);

        // No passage is about an entity that evaluation has passages about.
        var pool = (withPassage ? world.TextEntities : world.Entities).Where(entity => entity.Kind == kind).ToList();
        var entity = known ? random.Pick(pool) : world.Invent(random, kind, heldOut: false);
        var question = random.Pick(_questions).Replace("{n}", entity.Reference, StringComparison.Ordinal);
        var answer = Answer(random, entity, known);
        if (!withPassage) return Example.Ask(question, answer);

        var told = entity with { Values = world.Invent(random, kind, heldOut: false).Values };
        var sentences = Passages.Sentences(random, told, random.PickSome(Traits.Of(kind), random.Next(1, 4)), out _);
        return Example.Ask(Passages.Prompt(sentences, question), answer);
    }

    // What is known is also said, so that a name calls up its facts in more than one kind of sentence.
    private static string Answer(Random random, Entity entity, bool known)
    {
        if (!known) return $"No, I do not know {entity.Reference}.";
        if (random.Chance(0.4)) return $"Yes, I know {entity.Reference}.";
        var trait = random.Pick(Traits.Of(entity.Kind));
        return $"Yes. {trait.Answer(entity, entity.Values[trait.Name], random.Next(trait.Questions.Count))}";
    }
}
