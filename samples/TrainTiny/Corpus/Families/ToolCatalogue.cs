using System.Globalization;
using Decant.Samples.TrainTiny.World;

namespace Decant.Samples.TrainTiny.Corpus.Families;

/// <summary>Tools out of verbs and nouns, with requests that ask for them. One name in five is kept for evaluation.</summary>
internal static class ToolCatalogue
{
    private static readonly string[] _verbs = ["open", "close", "clean", "paint", "check", "move", "lock", "count", "find", "sell", "get", "show"];
    private static readonly string[] _nouns = [.. Words.Things, .. Words.Places, "weather", "time", "news", "price"];
    private static readonly string[] _openings = ["Please {r}.", "Can you {r}?", "I want you to {r}.", "{r}, please."];

    // The end of a request and of a description for each list of parameters.
    private static readonly (string[] Parameters, string Request, string Description)[] _forms =
    [
        (["town"], "in {town}", "in a town"),
        (["person"], "of {person}", "of a person"),
        (["town", "number"], "in {town} {number} times", "in a town some times"),
        (["person", "town"], "of {person} in {town}", "of a person in a town"),
        (["number"], "number {number}", "with a number"),
    ];

    /// <summary>A tool on the wanted side of the split that is not in <paramref name="others"/>.</summary>
    public static Tool Draw(Random random, bool heldOut, IReadOnlyList<Tool> others)
    {
        while (true)
        {
            var (verb, noun) = (random.Pick(_verbs), random.Pick(_nouns));
            var name = $"{verb}_{noun}";
            if (Split.IsHeldOut(name) != heldOut || others.Any(tool => tool.Name == name)) continue;
            var (parameters, _, description) = random.Pick(_forms);
            return new Tool(name, parameters, $"{char.ToUpperInvariant(verb[0])}{verb[1..]}s the {noun} {description}.");
        }
    }

    /// <summary>What a user says who wants this tool called, and the call.</summary>
    public static (string Request, ToolCall Call) Request(Random random, Tool tool, bool heldOut)
    {
        var words = tool.Name.Split('_');
        var text = $"{words[0]} the {words[1]} {_forms.First(form => form.Parameters.SequenceEqual(tool.Parameters)).Request}";
        var arguments = new Dictionary<string, object?>();
        foreach (var parameter in tool.Parameters)
        {
            object value = parameter switch
            {
                "number" => (long)random.Next(2, 100),
                "town" => Name(random, EntityKind.Town, heldOut),
                _ => Name(random, EntityKind.Person, heldOut),
            };
            arguments[parameter] = value;
            text = text.Replace($"{{{parameter}}}", Convert.ToString(value, CultureInfo.InvariantCulture), StringComparison.Ordinal);
        }

        var request = random.Pick(_openings).Replace("{r}", text, StringComparison.Ordinal);
        return (char.ToUpperInvariant(request[0]) + request[1..], new ToolCall(tool.Name, arguments));
    }

    private static string Name(Random random, EntityKind kind, bool heldOut) => heldOut || random.Chance(0.5)
        ? TinyWorld.Default.NewName(random, kind, heldOut)
        : random.Pick(TinyWorld.Default.Entities.Where(entity => entity.Kind == kind).ToList()).Name;
}
