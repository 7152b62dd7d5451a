namespace Decant.Samples.TrainTiny.Corpus;

/// <summary>A tool that can be called.</summary>
/// <param name="Name">Snake case.</param>
/// <param name="Parameters">Parameter names; "number" takes a whole number, the others a string.</param>
/// <param name="Description">One sentence.</param>
internal sealed record Tool(string Name, IReadOnlyList<string> Parameters, string Description)
{
    /// <summary>The tool as chat templates get it.</summary>
    public Dictionary<string, object?> ToTemplateValue() => new()
    {
        ["type"] = "function",
        ["function"] = new Dictionary<string, object?>
        {
            ["name"] = Name,
            ["description"] = Description,
            ["parameters"] = new Dictionary<string, object?>
            {
                ["type"] = "object",
                ["properties"] = Parameters.ToDictionary(
                    name => name, name => (object?)new Dictionary<string, object?> { ["type"] = name == "number" ? "integer" : "string" }),
                ["required"] = Parameters.Cast<object?>().ToList(),
            },
        },
    };
}
