using System.Text.Json.Serialization;

namespace Decant.Decoding;

/// <summary>How <see cref="LayerContrastOptions"/> measures how far a layer is from the last.</summary>
[JsonConverter(typeof(KebabEnumConverter<LayerDivergence>))]
public enum LayerDivergence
{
    /// <summary>The Jensen-Shannon divergence, as the paper says.</summary>
    Jsd,

    /// <summary>What the paper's published code computes: Kullback-Leibler terms the other way round, averaged over the vocabulary.</summary>
    ReferenceCode,
}
