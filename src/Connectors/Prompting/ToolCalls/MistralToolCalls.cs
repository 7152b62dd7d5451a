namespace Decant.Connectors.Prompting;

/// <summary>Mistral up to the tokenizer's version 7: <c>[TOOL_CALLS][{"name": …, "arguments": …}, …]</c>, in some templates with a blank behind the mark.</summary>
internal static class MistralToolCalls
{
    private const string Mark = "[TOOL_CALLS]";

    public static ToolCallFormat? Read(string template)
    {
        // Later ones write the name before the JSON, and [ARGS] between.
        if (!template.Contains(Mark, StringComparison.Ordinal) || template.Contains("[ARGS]", StringComparison.Ordinal)) return null;
        var blank = template.Contains(Mark + " [", StringComparison.Ordinal) ? " " : "";
        return new ToolCallFormat { Trigger = Mark, Open = $"{Mark}{blank}[", Separator = ", ", Close = "]" };
    }
}
