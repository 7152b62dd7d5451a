using Decant.Samples.TrainTiny.World;

namespace Decant.Samples.TrainTiny.Corpus.Families;

/// <summary>
/// Lists of invented names and ordinary words to be repeated. Copying is what passages, JSON and tool calls are made of, and here every token of the answer
/// teaches it: without this, models of this size find it very late.
/// </summary>
internal sealed class Echo(TinyWorld world) : ITaskFamily
{
    private static readonly string[] _requests = ["Repeat: {l}", "Say this again: {l}", "Copy this list: {l}"];

    public Example Draw(Random random)
    {
        var names = new string[random.Next(3, 16)];
        for (var i = 0; i < names.Length; i++) names[i] = Item(random);
        var list = string.Join(' ', names);
        return Example.Ask(random.Pick(_requests).Replace("{l}", list, StringComparison.Ordinal), list);
    }

    private string Item(Random random)
    {
        var trait = random.Pick(Traits.All);
        return trait.NamesOf is null ? random.Pick(trait.Words) : world.NewName(random, random.Pick(Enum.GetValues<EntityKind>()), heldOut: false);
    }
}
