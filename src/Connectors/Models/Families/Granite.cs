namespace Decant.Connectors.Models.Families;

/// <summary>Granite: Llama with multipliers on embeddings, attention scores, residual branches and logits.</summary>
internal sealed class Granite : Llama
{
    public override IReadOnlyList<string> ModelTypes => ["granite"];

    public override ModelConfig Read(ConfigReader config, string modelType) => base.Read(config, modelType) with
    {
        EmbeddingMultiplier = (float)(config.Number("embedding_multiplier") ?? 1),
        ResidualMultiplier = (float)(config.Number("residual_multiplier") ?? 1),
        AttentionScale = (float)(config.Number("attention_multiplier") ?? 1),
        LogitsMultiplier = (float)(1 / (config.Number("logits_scaling") ?? 1)),
    };
}
