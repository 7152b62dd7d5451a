namespace Decant.Decoding;

/// <summary>How a text marks its reasoning.</summary>
/// <param name="Open">The mark that begins it.</param>
/// <param name="Close">The mark that ends it.</param>
/// <param name="IsOpen">Whether the prompt has begun it.</param>
internal sealed record ReasoningSpan(string Open, string Close, bool IsOpen);
