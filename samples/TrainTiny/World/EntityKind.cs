namespace Decant.Samples.TrainTiny.World;

/// <summary>What an entity is.</summary>
internal enum EntityKind
{
    Person,
    Town,
    Animal,
    Company,
    Dish,
}
