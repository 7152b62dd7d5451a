namespace Decant.Connectors.Prompting;

/// <summary>For templates that teach no format that is known: what Hermes writes, explained in the prompt.</summary>
internal static class GenericToolCalls
{
    public static ToolCallFormat Format { get; } = HermesToolCalls.Read("<tool_call>")! with { IsExplained = true };

    /// <summary>What the prompt says of tools.</summary>
    /// <param name="tools">Each as JSON.</param>
    public static string Explain(IEnumerable<string> tools)
        => $"You can call these tools:\n{string.Join('\n', tools)}\nTo call one, answer with nothing but {Format.Write([("the tool's name", "{its arguments}")])}";
}
