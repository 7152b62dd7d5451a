namespace Decant.Connectors.Models.Families;

/// <summary>Qwen 3: norms on each query and key head, no biases.</summary>
internal sealed class Qwen3 : Qwen2
{
    public override IReadOnlyList<string> ModelTypes => ["qwen3"];

    protected override LayerWeights Layer(ModelConfig config, string prefix, Func<string, bool> exists) => base.Layer(config, prefix, exists) with
    {
        QueryNorm = new NormWeights($"{prefix}self_attn.q_norm.weight", config.HeadSize),
        KeyNorm = new NormWeights($"{prefix}self_attn.k_norm.weight", config.HeadSize),
    };

    public override bool IsUsual(string tensor) => false;
}
