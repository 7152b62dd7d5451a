namespace Decant.Connectors.Models.Families;

/// <summary>Gemma 3, text part: Gemma 2 with query and key norms, five sliding layers to one full, and a base of their own for sliding layers.</summary>
internal sealed class Gemma3 : Gemma2
{
    public override IReadOnlyList<string> ModelTypes => ["gemma3_text", "gemma3"];

    public override ModelConfig Read(ConfigReader config, string modelType)
    {
        var text = config.Section("text_config") ?? config;
        var common = base.Read(text, modelType);
        var local = RotaryReader.Read(text, common.HeadSize, "sliding_attention");
        return common with
        {
            Rotary = RotaryReader.Read(text, common.HeadSize, defaultBase: 1_000_000),
            LocalRotary = text.Has("rope_parameters")
                ? local
                : new RotarySettings { Base = text.Number("rope_local_base_freq") ?? 10000, Dimensions = local.Dimensions },
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
