namespace Decant.Connectors.Models.Families;

/// <summary>SmolLM3: Llama in which every fourth layer has no rotary embedding.</summary>
internal sealed class SmolLm3 : Llama
{
    public override IReadOnlyList<string> ModelTypes => ["smollm3"];

    public override string Defaults => """{"rope_theta":2000000,"tie_word_embeddings":true,"no_rope_layer_interval":4}""";

    public override ModelConfig Read(ConfigReader config, string modelType)
    {
        var common = base.Read(config, modelType);
        var interval = config.Count("no_rope_layer_interval") is { } given and > 0 ? given : 4;
        // Despite its name, no_rope_layers holds 1 for the layers that do turn.
        var turns = config.Numbers("no_rope_layers") ?? [.. Enumerable.Range(0, common.LayerCount).Select(i => (i + 1) % interval != 0 ? 1.0 : 0)];
        common = common with { SkipsRotary = [.. turns.Select(turn => turn == 0)] };
        if (config.Flag("use_sliding_window") != true || config.Count("sliding_window") is not { } window) return common;
        return common with
        {
            SlidingWindow = window,
            SlidingLayers = SlidingLayers(config, common.LayerCount) ?? common.SkipsRotary,
        };
    }
}
