namespace Decant.Decoding;

/// <summary>What is fixed about a loaded model.</summary>
/// <param name="Name">Name for logs, responses and error messages.</param>
/// <param name="VocabularySize">Length of a logits row.</param>
/// <param name="HiddenSize">Width of the residual stream: length of a hidden-state or embedding row.</param>
/// <param name="LayerCount">Number of transformer layers.</param>
/// <param name="HeadCount">Number of query heads: attention maps have one row of weights for each.</param>
/// <param name="ContextLength">Largest number of rows a sequence can hold.</param>
/// <param name="Capabilities">What this engine can do beyond plain causal forwards.</param>
public sealed record ModelInfo(
    string Name,
    int VocabularySize,
    int HiddenSize,
    int LayerCount,
    int HeadCount,
    int ContextLength,
    ModelCapabilities Capabilities);
