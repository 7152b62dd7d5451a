namespace Decant.Connectors.Torch.Weights;

/// <summary>One layer's weights. Query, key and value are one matrix, gate and up another: fewer and larger products.</summary>
internal sealed class TorchLayer : IDisposable
{
    /// <summary>Which of the model's devices holds it.</summary>
    public required int Place { get; init; }

    public required TorchLinear Qkv { get; init; }

    public required TorchLinear Output { get; init; }

    /// <summary>Gate rows, then up rows; or up alone.</summary>
    public required TorchLinear GateUp { get; init; }

    public required TorchLinear Down { get; init; }

    public TorchNorm? InputNorm { get; init; }

    public TorchNorm? PostAttentionNorm { get; init; }

    public TorchNorm? PreMlpNorm { get; init; }

    public TorchNorm? PostMlpNorm { get; init; }

    public TorchNorm? QueryNorm { get; init; }

    public TorchNorm? KeyNorm { get; init; }

    public long Bytes => Qkv.Bytes + Output.Bytes + GateUp.Bytes + Down.Bytes;

    public void Dispose()
    {
        foreach (var part in (IDisposable?[])[Qkv, Output, GateUp, Down, InputNorm, PostAttentionNorm, PreMlpNorm, PostMlpNorm, QueryNorm, KeyNorm]) part?.Dispose();
    }
}
