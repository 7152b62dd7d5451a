using Decant.Samples.TrainTiny.World;

namespace Decant.Samples.TrainTiny.Grammar;

/// <summary>What can stand in a sentence's slots. A digit behind a slot's name tells two of a kind apart.</summary>
internal static class Slots
{
    private static readonly Dictionary<string, string[]> _words = new()
    {
        ["they"] = ["he", "she", "it"],
        ["their"] = ["his", "her", "its"],
        ["job"] = Words.Jobs,
        ["colour"] = Words.Colours,
        ["region"] = Words.Regions,
        ["craft"] = Words.Goods,
        ["product"] = Words.Goods,
        ["food"] = Words.Food,
        ["base"] = Words.Food,
        ["habitat"] = Words.Habitats,
        ["taste"] = Words.Tastes,
        ["thing"] = Words.Things,
        ["size"] = Words.Sizes,
        ["place"] = Words.Places,
        ["mood"] = Words.Moods,
        ["day"] = ["spring", "summer", "autumn", "winter"],
        ["weather"] = ["sunny", "rainy", "windy", "foggy", "warm", "cold"],
    };

    private static readonly Dictionary<string, EntityKind> _names = new()
    {
        ["home"] = EntityKind.Town,
        ["seat"] = EntityKind.Town,
        ["origin"] = EntityKind.Town,
        ["mayor"] = EntityKind.Person,
        ["founder"] = EntityKind.Person,
        ["beast"] = EntityKind.Animal,
    };

    /// <summary>A filling for a slot that nothing has filled yet.</summary>
    public static string Draw(Random random, string slot, TinyWorld world)
    {
        var category = Category(slot);
        return _names.TryGetValue(category, out var kind)
            ? random.Pick(world.Entities.Where(entity => entity.Kind == kind).ToList()).Name
            : random.Pick(_words[category]);
    }

    /// <summary>Whether <paramref name="text"/> can fill the slot; the subject, {n}, is checked by <see cref="GrammarCheck"/>.</summary>
    public static bool Accepts(string slot, string text)
    {
        var category = Category(slot);
        if (category == "n") return true;
        return _names.TryGetValue(category, out var kind) ? Names.IsName(text, kind) : _words[category].Contains(text);
    }

    private static string Category(string slot) => slot.TrimEnd('1', '2', '3');
}
