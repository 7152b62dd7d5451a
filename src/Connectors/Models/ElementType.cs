namespace Decant.Connectors.Models;

/// <summary>Element types of safetensors that the engines read.</summary>
public enum ElementType
{
    /// <summary>IEEE single precision.</summary>
    F32,

    /// <summary>IEEE half precision.</summary>
    F16,

    /// <summary>bfloat16.</summary>
    BF16,
}
