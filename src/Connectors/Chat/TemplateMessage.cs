namespace Decant.Connectors.Chat;

/// <summary>Messages as chat templates read them.</summary>
internal static class TemplateMessage
{
    public static string? Role(object? message) => ((Dictionary<string, object?>)message!)["role"] as string;

    public static string Content(object? message) => ((Dictionary<string, object?>)message!)["content"] as string ?? "";

    public static Dictionary<string, object?> Of(string role, string content) => new() { ["role"] = role, ["content"] = content };

    /// <summary>A copy with other content.</summary>
    public static Dictionary<string, object?> With(object? message, string content) => new((Dictionary<string, object?>)message!) { ["content"] = content };
}
