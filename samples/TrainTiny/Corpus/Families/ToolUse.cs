using System.Text.Json;
using System.Text.RegularExpressions;
using Decant.Samples.TrainTiny.World;

namespace Decant.Samples.TrainTiny.Corpus.Families;

/// <summary>Requests that one of the offered tools fulfils, what to say about its result, and requests for which no tool is needed.</summary>
internal sealed partial class ToolUse(ITaskFamily withoutTools) : ITaskFamily
{
    private static readonly (string Result, string Answer)[] _results =
        [("done", "It is done."), ("error", "That did not work."), ("not found", "I could not find it."), ("sunny", "The answer is sunny."), ("closed", "The answer is closed.")];

    public Example Draw(Random random)
    {
        if (random.Chance(0.1)) return withoutTools.Draw(random) with { Tools = Offer(random, heldOut: false) };
        var example = Ask(random, heldOut: false);
        if (!random.Chance(0.2)) return example;
        var (result, answer) = random.Pick(_results);
        return example with { Turns = [.. example.Turns, new Turn("tool", result), Turn.Assistant(answer)] };
    }

    /// <summary>One to three tools and a request for one of them.</summary>
    public static Example Ask(Random random, bool heldOut)
    {
        var tools = Offer(random, heldOut);
        var (request, call) = ToolCatalogue.Request(random, random.Pick(tools), heldOut);
        return new Example([Turn.User(request), Turn.Assistant("") with { Call = call }]) { Tools = tools };
    }

    /// <summary>The call that a text is, or null when it is none in the template's format.</summary>
    public static ToolCall? Parse(string text)
    {
        var match = CallPattern().Match(text);
        if (!match.Success) return null;
        try
        {
            using var document = JsonDocument.Parse(match.Groups[1].Value);
            if (document.RootElement.ValueKind != JsonValueKind.Object || !document.RootElement.TryGetProperty("name", out var name)
                || !document.RootElement.TryGetProperty("arguments", out var arguments) || arguments.ValueKind != JsonValueKind.Object) return null;
            return new ToolCall(name.ToString(), arguments.EnumerateObject().ToDictionary(
                member => member.Name, member => member.Value.ValueKind == JsonValueKind.Number ? (object?)member.Value.GetInt64() : member.Value.ToString()));
        }
        catch (Exception exception) when (exception is JsonException or ArgumentException or FormatException)
        {
            return null;
        }
    }

    /// <summary>Whether two calls have the same name and arguments.</summary>
    public static bool AreSame(ToolCall a, ToolCall b) => a.Name == b.Name && a.Arguments.Count == b.Arguments.Count
        && a.Arguments.All(argument => b.Arguments.TryGetValue(argument.Key, out var value) && Equals(argument.Value, value));

    private static List<Tool> Offer(Random random, bool heldOut)
    {
        var tools = new List<Tool>();
        for (var left = random.Next(1, 4); left > 0; left--) tools.Add(ToolCatalogue.Draw(random, heldOut, tools));
        return tools;
    }

    [GeneratedRegex("^<tool_call>(.*)</tool_call>$")]
    private static partial Regex CallPattern();
}
