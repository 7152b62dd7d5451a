namespace Decant.Connectors.Models.Families;

/// <summary>OLMo 2: norms on the sub-layers' outputs only, and on whole query and key projections.</summary>
internal sealed class Olmo2 : Llama
{
    public override IReadOnlyList<string> ModelTypes => ["olmo2"];

    public override string Defaults => """{"rms_norm_eps":1e-5}""";

    protected override LayerWeights Layer(ModelConfig config, string prefix, Func<string, bool> exists) => base.Layer(config, prefix, exists) with
    {
        InputNorm = null,
        PostAttentionNorm = new NormWeights($"{prefix}post_attention_layernorm.weight", config.HiddenSize),
        PreMlpNorm = null,
        PostMlpNorm = new NormWeights($"{prefix}post_feedforward_layernorm.weight", config.HiddenSize),
        QueryNorm = new NormWeights($"{prefix}self_attn.q_norm.weight", config.HeadCount * config.HeadSize),
        KeyNorm = new NormWeights($"{prefix}self_attn.k_norm.weight", config.KeyValueHeadCount * config.HeadSize),
    };
}
