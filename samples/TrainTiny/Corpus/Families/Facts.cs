using Decant.Samples.TrainTiny.World;

namespace Decant.Samples.TrainTiny.Corpus.Families;

/// <summary>Questions about what the models know by heart, one to three in a conversation. One phrasing of each fact is kept for evaluation.</summary>
internal sealed class Facts(TinyWorld world) : ITaskFamily
{
    public Example Draw(Random random)
    {
        var turns = new List<Turn>();
        for (var left = random.Next(1, 4); left > 0; left--)
        {
            var entity = random.Pick(world.Entities);
            var trait = random.Pick(Traits.Of(entity.Kind));
            var question = TrainingQuestion(random, entity, trait);
            turns.Add(Turn.User(trait.Ask(entity, question)));
            turns.Add(Turn.Assistant(trait.Answer(entity, entity.Values[trait.Name], question)));
        }

        return new Example(turns);
    }

    /// <summary>Every fact in the phrasing that training does not have.</summary>
    public IEnumerable<(Entity Entity, Trait Trait, Example Example)> HeldOut() =>
        from entity in world.Entities
        from trait in Traits.Of(entity.Kind)
        let question = Enumerable.Range(0, trait.Questions.Count).First(index => TinyWorld.IsHeldOutQuestion(entity, trait, index))
        select (entity, trait, Example.Ask(trait.Ask(entity, question), trait.Answer(entity, entity.Values[trait.Name], question)));

    /// <summary>A phrasing of a question about a known entity that training may use.</summary>
    public static int TrainingQuestion(Random random, Entity entity, Trait trait)
    {
        while (true)
        {
            var question = random.Next(trait.Questions.Count);
            if (!TinyWorld.IsHeldOutQuestion(entity, trait, question)) return question;
        }
    }
}
