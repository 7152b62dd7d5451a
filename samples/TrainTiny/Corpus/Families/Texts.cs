using Decant.Samples.TrainTiny.Grammar;
using Decant.Samples.TrainTiny.World;

namespace Decant.Samples.TrainTiny.Corpus.Families;

/// <summary>Reports and stories of several sentences about known entities.</summary>
internal sealed class Texts(TinyWorld world, bool stories) : ITaskFamily
{
    private static readonly string[] _reportRequests = ["Write a report about {n}.", "Tell me all about {n}.", "What do you know about {n}?", "Describe {n}."];
    private static readonly string[] _storyRequests = ["Write a story about {n}.", "Tell me a story about {n}.", "I want to hear a story about {n}.", "Do you know a story about {n}?"];

    private readonly Entity[] _entities = [.. world.TextEntities.Where(entity => Plan(entity, stories) is not null)];

    /// <summary>The known entities that training has no texts about.</summary>
    public IEnumerable<Entity> HeldOutEntities => world.HeldOutEntities.Where(entity => Plan(entity, stories) is not null);

    public Example Draw(Random random) => Ask(random, random.Pick(_entities));

    /// <summary>A request for a text about an entity, and such a text.</summary>
    public Example Ask(Random random, Entity entity)
    {
        var request = random.Pick(stories ? _storyRequests : _reportRequests).Replace("{n}", entity.Reference, StringComparison.Ordinal);
        return Example.Ask(request, Plan(entity, stories)!.Write(random, entity, world));
    }

    private static TextPlan? Plan(Entity entity, bool stories) => (stories ? TextPlans.Stories : TextPlans.Reports).FirstOrDefault(plan => plan.Kind == entity.Kind);
}
