namespace Decant.Samples.TrainTiny.Corpus;

/// <summary>One message of a conversation.</summary>
/// <param name="Role">system, user, assistant or tool.</param>
/// <param name="Content">Its text; empty for a tool call.</param>
internal sealed record Turn(string Role, string Content)
{
    /// <summary>What an assistant thought before it answered, or null.</summary>
    public string? Reasoning { get; init; }

    /// <summary>The tool an assistant calls, or null.</summary>
    public ToolCall? Call { get; init; }

    public static Turn System(string text) => new("system", text);

    public static Turn User(string text) => new("user", text);

    public static Turn Assistant(string text) => new("assistant", text);
}
