namespace Decant.Connectors.Cpu;

/// <summary>How the CPU engine keeps weights in memory. Products are accumulated in float32 (or exactly, for int8 groups) whatever the format.</summary>
public enum WeightFormat
{
    /// <summary>bfloat16 for a bfloat16 checkpoint, otherwise float32: nothing is lost on loading.</summary>
    Auto,

    /// <summary>4 bytes a weight.</summary>
    Float32,

    /// <summary>2 bytes a weight; float32 and float16 checkpoints are rounded.</summary>
    BFloat16,

    /// <summary>1 byte a weight and a bfloat16 scale per group of weights; quantised on load. Activations keep 16 bits, so the error is the weights' alone.</summary>
    Int8,
}
