namespace Decant.Decoding;

/// <summary>One of a <see cref="Superposition"/>'s drafts.</summary>
/// <param name="State">The text with the draft; its own.</param>
/// <param name="Token">The draft's last token.</param>
/// <param name="Score">The sum of its tokens' scores.</param>
/// <param name="Length">How many tokens it has; 0 before the first.</param>
/// <param name="Ended">Whether the last token ends the text.</param>
internal sealed record SuperposedDraft(GenerationState State, int Token, double Score, int Length, bool Ended)
{
    /// <summary>The mean score of its tokens, by which drafts of different lengths compare.</summary>
    public double MeanScore => Score / Length;

    /// <summary>The draft's tokens. Valid until the state changes.</summary>
    public ReadOnlySpan<int> Tokens => State.Tokens[^Length..];
}
