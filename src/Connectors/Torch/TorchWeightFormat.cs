namespace Decant.Connectors.Torch;

/// <summary>How the Torch engine keeps weights, and in which type it computes.</summary>
public enum TorchWeightFormat
{
    /// <summary>What the checkpoint holds: bfloat16 or float16 on CUDA; on CPUs bfloat16 stays and float16, which they compute slowly, becomes float32.</summary>
    Auto,

    /// <summary>4 bytes a weight.</summary>
    Float32,

    /// <summary>2 bytes a weight; computes in bfloat16, with float32 inside norms and sums.</summary>
    BFloat16,

    /// <summary>2 bytes a weight; computes in float16, with float32 inside norms and sums.</summary>
    Float16,

    /// <summary>1 byte a weight and one bfloat16 scale per row, quantised on load; computes in bfloat16. The embedding table stays bfloat16.</summary>
    Int8,
}
