using System.Text.Json;
using Decant.Samples.TrainTiny.World;

namespace Decant.Samples.TrainTiny.Corpus.Families;

/// <summary>A passage about something unheard of, to be written as JSON with given keys.</summary>
internal sealed class JsonExtraction(TinyWorld world) : ITaskFamily
{
    private static readonly string[] _requests = ["Write this as JSON with the keys {k}.", "Give me JSON with the keys {k}.", "Turn this into JSON: {k}."];

    public Example Draw(Random random) => Ask(random, heldOut: false);

    public Example Ask(Random random, bool heldOut)
    {
        var kind = random.Pick(Enum.GetValues<EntityKind>());
        var entity = world.Invent(random, kind, heldOut);
        var sentences = Passages.Sentences(random, entity, random.PickSome(Traits.Of(kind), 3), out _);
        var keys = random.PickSome(Traits.Of(kind), random.Next(1, 4)).Select(trait => trait.Name).Prepend("name").ToArray();
        var members = keys.Select(key => $"\"{key}\": {JsonSerializer.Serialize(key == "name" ? entity.Name : entity.Values[key])}");
        var request = random.Pick(_requests).Replace("{k}", $"{string.Join(", ", keys[..^1])} and {keys[^1]}", StringComparison.Ordinal);
        return Example.Ask(Passages.Prompt(sentences, request), $"{{{string.Join(", ", members)}}}");
    }

    /// <summary>Whether a text is one JSON object.</summary>
    public static bool IsValid(string text)
    {
        try
        {
            using var document = JsonDocument.Parse(text);
            return document.RootElement.ValueKind == JsonValueKind.Object;
        }
        catch (JsonException)
        {
            return false;
        }
    }
}
