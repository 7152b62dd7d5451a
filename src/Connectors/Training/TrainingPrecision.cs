namespace Decant.Connectors.Training;

/// <summary>Type of the forward and backward passes of training. The weights that are updated are float32 in any case.</summary>
public enum TrainingPrecision
{
    /// <summary>32-bit floats throughout.</summary>
    Float32,

    /// <summary>bfloat16 passes over a rounded copy of float32 weights: faster where the device multiplies bfloat16 natively, and a little noisier.</summary>
    BFloat16,
}
