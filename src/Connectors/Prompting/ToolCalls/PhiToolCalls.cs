namespace Decant.Connectors.Prompting;

/// <summary>Phi-4-mini: <c>&lt;|tool_call|&gt;[{"name": …, "arguments": …}, …]&lt;|/tool_call|&gt;</c>; the tools are a text of the system message.</summary>
internal static class PhiToolCalls
{
    public static ToolCallFormat? Read(string template)
        => template.Contains("<|tool|>", StringComparison.Ordinal) && template.Contains("<|/tool|>", StringComparison.Ordinal)
            ? new ToolCallFormat { Trigger = "<|tool_call|>", Open = "<|tool_call|>[", Separator = ", ", Close = "]<|/tool_call|>", ToolsInSystemMessage = true }
            : null;
}
