namespace Decant.Connectors.Models.Families;

/// <summary>Gemma 2: norms before and after each sub-layer, soft caps, every other layer sliding, embeddings scaled by √width.</summary>
internal class Gemma2 : Llama
{
    public override IReadOnlyList<string> ModelTypes => ["gemma2"];

    public override string Defaults => """
        {"num_key_value_heads":4,"head_dim":256,"hidden_activation":"gelu_pytorch_tanh","query_pre_attn_scalar":256,"sliding_window":4096,
         "attn_logit_softcapping":50,"final_logit_softcapping":30,"tie_word_embeddings":true}
        """;

    public override ModelConfig Read(ConfigReader config, string modelType)
    {
        var common = base.Read(config, modelType);
        return common with
        {
            NormAddsOne = true,
            Activation = ReadActivation(config.Text("hidden_activation") ?? "gelu_pytorch_tanh"),
            EmbeddingMultiplier = MathF.Sqrt(common.HiddenSize),
            AttentionScale = (float)(1 / Math.Sqrt(config.Number("query_pre_attn_scalar") ?? common.HeadSize)),
            AttentionSoftcap = (float?)config.Number("attn_logit_softcapping"),
            FinalSoftcap = (float?)config.Number("final_logit_softcapping"),
            SlidingWindow = config.Count("sliding_window"),
            SlidingLayers = SlidingLayers(config, common.LayerCount) ?? [.. Enumerable.Range(0, common.LayerCount).Select(SlidesByDefault(config))],
        };
    }

    protected virtual Func<int, bool> SlidesByDefault(ConfigReader config) => layer => layer % 2 == 0;

    protected override LayerWeights Layer(ModelConfig config, string prefix, Func<string, bool> exists) => base.Layer(config, prefix, exists) with
    {
        PostAttentionNorm = new NormWeights($"{prefix}post_attention_layernorm.weight", config.HiddenSize),
        PreMlpNorm = new NormWeights($"{prefix}pre_feedforward_layernorm.weight", config.HiddenSize),
        PostMlpNorm = new NormWeights($"{prefix}post_feedforward_layernorm.weight", config.HiddenSize),
    };
}
