namespace Decant.Connectors.Prompting;

/// <summary>Hermes, Qwen, SmolLM and the embedded models: <c>&lt;tool_call&gt;{"name": …, "arguments": …}&lt;/tool_call&gt;</c> for each call, in most templates with line breaks inside the marks.</summary>
internal static class HermesToolCalls
{
    private const string Mark = "<tool_call>";

    public static ToolCallFormat? Read(string template)
    {
        if (!template.Contains(Mark, StringComparison.Ordinal)) return null;
        var line = template.Contains(Mark + @"\n", StringComparison.Ordinal) || template.Contains(Mark + "\n", StringComparison.Ordinal) ? "\n" : "";
        var (open, close) = (Mark + line, line + "</tool_call>");
        return new ToolCallFormat { Trigger = Mark, Open = open, Separator = close + line + open, Close = close };
    }
}
