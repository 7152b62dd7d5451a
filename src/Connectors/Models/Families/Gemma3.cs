namespace Decant.Connectors.Models.Families;

/// <summary>Gemma 3, text part: Gemma 2 with query and key norms, five sliding layers to one full, and a base of their own for sliding layers.</summary>
internal sealed class Gemma3 : Gemma2
{
    public override IReadOnlyList<string> ModelTypes => ["gemma3_text", "gemma3"];

    // The text part of a released multimodal checkpoint names only what differs from these.
    public override string Defaults => """
        {"vocab_size":262208,"hidden_size":2304,"intermediate_size":9216,"num_hidden_layers":26,"num_attention_heads":8,"num_key_value_heads":4,
         "head_dim":256,"max_position_embeddings":131072,"hidden_activation":"gelu_pytorch_tanh","query_pre_attn_scalar":256,"sliding_window":4096,
         "tie_word_embeddings":true,"rope_theta":1000000,"rope_local_base_freq":10000}
        """;

    public override ModelConfig Read(ConfigReader config, string modelType)
    {
        var text = config.Section("text_config")?.WithDefaults(Defaults) ?? config;
        var common = base.Read(text, modelType);
        return common with
        {
            LocalRotary = RotaryReader.ReadLocal(text, common.HeadSize),
            BeginOfTextId = common.BeginOfTextId ?? config.Count("bos_token_id"),
            EndOfTextIds = common.EndOfTextIds.Count > 0 ? common.EndOfTextIds : config.CountOrCounts("eos_token_id"),
        };
    }

    protected override Func<int, bool> SlidesByDefault(ConfigReader config)
    {
        var pattern = config.Count("sliding_window_pattern") ?? 6;
        return layer => (layer + 1) % pattern != 0;
    }

    protected override LayerWeights Layer(ModelConfig config, string prefix, Func<string, bool> exists) => base.Layer(config, prefix, exists) with
    {
        QueryNorm = new NormWeights($"{prefix}self_attn.q_norm.weight", config.HeadSize),
        KeyNorm = new NormWeights($"{prefix}self_attn.k_norm.weight", config.HeadSize),
    };
}
