namespace Decant.Decoding;

/// <summary>A branch that a policy asks for: which model reads which prompt. Every branch is fed the same generated tokens.</summary>
/// <param name="Name">Its name in traces, such as "without_context".</param>
/// <param name="Model">The registered model that runs it, or null for the target's.</param>
/// <param name="Prompt">What it reads.</param>
public sealed record BranchRequest(string Name, string? Model, BranchPrompt Prompt)
{
    /// <summary>The target, reading the call's own prompt.</summary>
    public static BranchRequest Target { get; } = new("target", null, BranchPrompt.Same);
}
