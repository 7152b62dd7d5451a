using System.Text.Json;

namespace Decant.Connectors.Text;

/// <summary>The ids that a tokenizer puts before and after a text.</summary>
internal sealed record TextTemplate(IReadOnlyList<int> Before, IReadOnlyList<int> After)
{
    private static readonly string[] _known = ["Sequence", "TemplateProcessing", "RobertaProcessing", "BertProcessing", "ByteLevel"];

    public static TextTemplate None { get; } = new([], []);

    public static TextTemplate Read(JsonElement? json)
    {
        if (json is not { } processor) return None;
        var type = processor.GetProperty("type").GetString();
        switch (type)
        {
            case "Sequence":
                return processor.GetProperty("processors").EnumerateArray().Select(part => Read(part)).FirstOrDefault(part => part != None) ?? None;
            case "TemplateProcessing":
                return ReadTemplate(processor);
            case "RobertaProcessing" or "BertProcessing":
                return new([processor.GetProperty("cls")[1].GetInt32()], [processor.GetProperty("sep")[1].GetInt32()]);
            case "ByteLevel":
                return None;
            default:
                throw new NotSupportedException($"tokenizer.json: post-processor '{type}' is not known. Known: {string.Join(", ", _known)}.");
        }
    }

    private static TextTemplate ReadTemplate(JsonElement json)
    {
        List<int> before = [], after = [];
        var target = before;
        foreach (var part in json.GetProperty("single").EnumerateArray())
        {
            if (part.TryGetProperty("Sequence", out _))
            {
                target = after;
                continue;
            }

            var name = part.GetProperty("SpecialToken").GetProperty("id").GetString()!;
            target.AddRange(json.GetProperty("special_tokens").GetProperty(name).GetProperty("ids").EnumerateArray().Select(id => id.GetInt32()));
        }

        return before.Count + after.Count == 0 ? None : new(before, after);
    }
}
