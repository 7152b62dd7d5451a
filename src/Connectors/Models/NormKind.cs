namespace Decant.Connectors.Models;

/// <summary>Kinds of normalisation.</summary>
public enum NormKind
{
    /// <summary>x / √(mean x² + ε) · weight.</summary>
    RmsNorm,

    /// <summary>(x − mean) / √(variance + ε) · weight + bias.</summary>
    LayerNorm,
}
