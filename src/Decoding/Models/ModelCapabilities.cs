namespace Decant.Decoding;

/// <summary>What an engine offers beyond plain causal forwards. Asking for what is missing throws <see cref="NotSupportedException"/> naming it.</summary>
[Flags]
public enum ModelCapabilities
{
    /// <summary>Plain causal forwards only.</summary>
    None = 0,

    /// <summary><see cref="ForwardInput.Parents"/>: the rows of one forward form a tree.</summary>
    TreeRows = 1,

    /// <summary><see cref="ISequence.Fork"/>.</summary>
    Fork = 2,

    /// <summary><see cref="ForwardInput.Embeddings"/> instead of ids, and <see cref="ICausalModel.Embed"/>.</summary>
    EmbeddingInput = 4,

    /// <summary><see cref="Taps.HiddenLayers"/> and <see cref="Taps.FinalHidden"/>.</summary>
    HiddenStates = 8,

    /// <summary><see cref="Taps.EarlyExitLayers"/>.</summary>
    EarlyExit = 16,

    /// <summary><see cref="Taps.AttentionLayers"/>.</summary>
    AttentionMaps = 32,

    /// <summary><see cref="Taps.RouterLayers"/> (mixture-of-experts models).</summary>
    RouterOutputs = 64,

    /// <summary><see cref="ISequence.Export"/> and <see cref="ISequence.Import"/>.</summary>
    ExportImport = 128,

    /// <summary>A row's bits do not depend on what else runs in the forward.</summary>
    BatchInvariant = 256,

    /// <summary><see cref="ForwardInput.Edits"/>.</summary>
    ResidualEdits = 512,

    /// <summary><see cref="ForwardInput.Layers"/>.</summary>
    LayerPlans = 1024,

    /// <summary>Its sequences are <see cref="IDifferentiableSequence"/>s.</summary>
    Gradients = 2048,
}
