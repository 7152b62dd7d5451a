namespace Decant.Samples.TrainTiny.World;

/// <summary>The entities that the models know by heart: a fixed table for a seed. Immutable.</summary>
internal sealed class TinyWorld
{
    private static readonly (EntityKind Kind, int Count)[] _counts =
        [(EntityKind.Town, 60), (EntityKind.Person, 110), (EntityKind.Animal, 50), (EntityKind.Company, 50), (EntityKind.Dish, 50)];

    private readonly Dictionary<EntityKind, List<string>> _names = [];
    private readonly HashSet<string> _taken = new(StringComparer.Ordinal);

    private TinyWorld(Random random)
    {
        foreach (var (kind, count) in _counts)
        {
            _names[kind] = [];
            // Half of the known names stand on each side of the split of names: being known is not a matter of spelling.
            for (var i = 0; i < count; i++)
            {
                var name = Names.Draw(random, kind, heldOut: i % 2 == 0, _taken);
                _taken.Add(name);
                _names[kind].Add(name);
            }
        }

        Entities = [.. _counts.SelectMany(entry => _names[entry.Kind].Select(name =>
            new Entity(entry.Kind, name, Traits.Of(entry.Kind).ToDictionary(trait => trait.Name, trait => random.Pick(Values(trait))))))];
        TextEntities = [.. Entities.Where(entity => !IsHeldOut(entity))];
        HeldOutEntities = [.. Entities.Where(IsHeldOut)];
    }

    /// <summary>The world of the embedded models.</summary>
    public static TinyWorld Default { get; } = new(new Random(2026));

    /// <summary>Every known entity.</summary>
    public IReadOnlyList<Entity> Entities { get; }

    /// <summary>The known entities about which training has stories, reports and passages.</summary>
    public IReadOnlyList<Entity> TextEntities { get; }

    /// <summary>The known entities about which training has nothing but single facts: about one in five.</summary>
    public IReadOnlyList<Entity> HeldOutEntities { get; }

    /// <summary>The values a trait can have in this world.</summary>
    public IReadOnlyList<string> Values(Trait trait) => trait.NamesOf is { } kind ? _names[kind] : trait.Words;

    /// <summary>An entity nobody knows, with its own values. Half of its values that are names are as new as itself.</summary>
    /// <param name="random">Source of chance.</param>
    /// <param name="kind">What it is.</param>
    /// <param name="heldOut">Whether its names are of those kept from training.</param>
    public Entity Invent(Random random, EntityKind kind, bool heldOut) => new(kind, NewName(random, kind, heldOut), Traits.Of(kind).ToDictionary(
        trait => trait.Name, trait => trait.NamesOf is { } named && random.Chance(0.5) ? NewName(random, named, heldOut) : random.Pick(Values(trait))));

    /// <summary>A name that is not in this world.</summary>
    public string NewName(Random random, EntityKind kind, bool heldOut) => Names.Draw(random, kind, heldOut, _taken);

    /// <summary>Whether the question number <paramref name="question"/> about a fact is kept from training: one phrasing of each fact is.</summary>
    public static bool IsHeldOutQuestion(Entity entity, Trait trait, int question) =>
        Split.Hash($"{entity.Name} {trait.Name}") % (uint)trait.Questions.Count == question;

    /// <summary>Whether training has no passage that tells this fact, right or wrong: one fact of each entity is so.</summary>
    public static bool IsHeldOutFact(Entity entity, Trait trait)
    {
        var traits = Traits.Of(entity.Kind);
        return traits[(int)(Split.Hash($"passages telling a fact of {entity.Name}") % (uint)traits.Count)] == trait;
    }

    private static bool IsHeldOut(Entity entity) => Split.IsHeldOut($"texts about {entity.Name}");
}
