namespace Decant.Connectors.Models.Families;

/// <summary>Mistral: Llama with an optional sliding window in every layer.</summary>
internal sealed class Mistral : Llama
{
    public override IReadOnlyList<string> ModelTypes => ["mistral"];

    public override string Defaults => """{"num_key_value_heads":8,"sliding_window":4096}""";

    public override ModelConfig Read(ConfigReader config, string modelType)
    {
        var common = base.Read(config, modelType);
        return common with
        {
            SlidingWindow = config.Count("sliding_window"),
            SlidingLayers = SlidingLayers(config, common.LayerCount) ?? [.. Enumerable.Repeat(true, common.LayerCount)],
        };
    }
}
