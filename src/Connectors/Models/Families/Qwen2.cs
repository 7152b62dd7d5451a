namespace Decant.Connectors.Models.Families;

/// <summary>Qwen 2 and 2.5: Llama with biases on query, key and value; upper layers may slide.</summary>
internal class Qwen2 : Llama
{
    public override IReadOnlyList<string> ModelTypes => ["qwen2"];

    public override ModelConfig Read(ConfigReader config, string modelType)
    {
        var common = base.Read(config, modelType);
        if (config.Flag("use_sliding_window") != true || config.Count("sliding_window") is not { } window) return common;
        var fullLayers = config.Count("max_window_layers") ?? 28;
        return common with
        {
            SlidingWindow = window,
            SlidingLayers = SlidingLayers(config, common.LayerCount) ?? [.. Enumerable.Range(0, common.LayerCount).Select(i => i >= fullLayers)],
        };
    }

    public override bool IsUsual(string tensor) => tensor.EndsWith("q_proj.bias", StringComparison.Ordinal)
        || tensor.EndsWith("k_proj.bias", StringComparison.Ordinal) || tensor.EndsWith("v_proj.bias", StringComparison.Ordinal);
}
