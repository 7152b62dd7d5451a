using Decant.Samples.TrainTiny.World;

namespace Decant.Samples.Robot;

/// <summary>An animal is to be fed: fetch what it eats, carry it to where it lives.</summary>
/// <param name="Animal">One that the model has learnt about.</param>
/// <param name="World">Where its food and its home are, and some others.</param>
internal sealed record Chore(Entity Animal, GridWorld World)
{
    private const int OtherFoods = 5;
    private const int OtherHomes = 3;

    /// <summary>What has to be found out, in order.</summary>
    public static IReadOnlyList<Trait> Asked { get; } = [.. Traits.Of(EntityKind.Animal).Where(trait => trait.Name is "food" or "habitat")];

    /// <summary>Number <paramref name="index"/> of an endless list of chores.</summary>
    public static Chore Draw(int index)
    {
        var random = new Random(index);
        var animals = TinyWorld.Default.Entities.Where(entity => entity.Kind == EntityKind.Animal).ToList();
        var animal = animals[index % animals.Count];
        string[] needed = [.. Asked.Select(trait => animal.Values[trait.Name])];
        var others = Asked.Zip([OtherFoods, OtherHomes]).SelectMany(pair => random.PickSome([.. pair.First.Words.Except(needed)], pair.Second));
        return new Chore(animal, GridWorld.Draw(random, needed, [.. others]));
    }
}
