namespace Decant.Decoding;

/// <summary>A token that a model has just drafted.</summary>
/// <param name="depth">Its place on its path, from 1.</param>
/// <param name="token">The token.</param>
/// <param name="logits">The draft model's logits that it was drawn from, after processors and masks; one per vocabulary id.</param>
public readonly ref struct DraftStep(int depth, int token, ReadOnlySpan<float> logits)
{
    /// <summary>Its place on its path, from 1.</summary>
    public int Depth { get; } = depth;

    /// <summary>The token.</summary>
    public int Token { get; } = token;

    /// <summary>The draft model's logits that it was drawn from, after processors and masks; one per vocabulary id.</summary>
    public ReadOnlySpan<float> Logits { get; } = logits;
}
