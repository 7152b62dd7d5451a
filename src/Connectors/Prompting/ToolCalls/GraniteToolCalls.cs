namespace Decant.Connectors.Prompting;

/// <summary>Granite 3: <c>&lt;|tool_call|&gt;[{"name": …, "arguments": …}, …]</c>.</summary>
internal static class GraniteToolCalls
{
    public static ToolCallFormat? Read(string template)
        => template.Contains("<|tool_call|>", StringComparison.Ordinal) && template.Contains("<|start_of_role|>", StringComparison.Ordinal)
            ? new ToolCallFormat { Trigger = "<|tool_call|>", Open = "<|tool_call|>[", Separator = ", ", Close = "]" }
            : null;
}
