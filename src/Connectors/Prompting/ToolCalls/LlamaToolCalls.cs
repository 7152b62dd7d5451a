namespace Decant.Connectors.Prompting;

/// <summary>Llama 3.1 to 3.3: <c>{"name": …, "parameters": …}</c> without marks around it. The templates refuse a message of several calls.</summary>
internal static class LlamaToolCalls
{
    public static ToolCallFormat? Read(string template)
        => template.Contains("<|start_header_id|>", StringComparison.Ordinal) && template.Contains("\"parameters\": ", StringComparison.Ordinal)
            ? new ToolCallFormat { Trigger = "{\"name\"", ArgumentsName = "parameters" }
            : null;
}
