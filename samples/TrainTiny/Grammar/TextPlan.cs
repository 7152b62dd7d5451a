using Decant.Samples.TrainTiny.World;

namespace Decant.Samples.TrainTiny.Grammar;

/// <summary>A text's course: one sentence after the other, each in one of several forms.</summary>
/// <param name="Kind">What kind of entity it is about.</param>
/// <param name="Steps">The forms of each sentence.</param>
internal sealed record TextPlan(EntityKind Kind, IReadOnlyList<IReadOnlyList<SentencePattern>> Steps)
{
    public static TextPlan Of(EntityKind kind, params string[][] steps) => new(kind, [.. steps.Select(forms => forms.Select(form => new SentencePattern(form)).ToArray())]);

    /// <summary>A text about an entity, true to its values.</summary>
    public string Write(Random random, Entity entity, TinyWorld world)
    {
        var fillings = entity.Values.ToDictionary();
        (fillings["n"], fillings["they"], fillings["their"]) = (entity.Reference, entity.Pronoun, entity.Possessive);
        return string.Join(' ', Steps.Select(forms => random.Pick(forms).Write(fillings, slot => DrawNew(random, slot, fillings, world))));
    }

    // Two places of a story are two places.
    private static string DrawNew(Random random, string slot, Dictionary<string, string> fillings, TinyWorld world)
    {
        while (true)
        {
            var value = Slots.Draw(random, slot, world);
            if (!fillings.ContainsValue(value)) return value;
        }
    }
}
