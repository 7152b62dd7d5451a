namespace Decant.Connectors.Models.Families;

/// <summary>Phi-3, 3.5 and 4-mini: Llama with query, key and value in one tensor, gate and up in another.</summary>
internal sealed class Phi3 : Llama
{
    public override IReadOnlyList<string> ModelTypes => ["phi3"];

    public override string Defaults => """{"rms_norm_eps":1e-5,"original_max_position_embeddings":4096}""";

    public override ModelConfig Read(ConfigReader config, string modelType)
    {
        var common = base.Read(config, modelType);
        return common with
        {
            SlidingWindow = config.Count("sliding_window"),
            SlidingLayers = SlidingLayers(config, common.LayerCount) ?? [.. Enumerable.Repeat(true, common.LayerCount)],
        };
    }

    protected override LayerWeights Layer(ModelConfig config, string prefix, Func<string, bool> exists)
    {
        var queryRows = config.HeadCount * config.HeadSize;
        var keyRows = config.KeyValueHeadCount * config.HeadSize;
        WeightSlice Qkv(int start, int rows) => new($"{prefix}self_attn.qkv_proj.weight", start, rows, config.HiddenSize, false, queryRows + 2 * keyRows);
        WeightSlice GateUp(int start) => new($"{prefix}mlp.gate_up_proj.weight", start, config.IntermediateSize, config.HiddenSize, false, 2 * config.IntermediateSize);
        return base.Layer(config, prefix, exists) with
        {
            Query = Qkv(0, queryRows),
            Key = Qkv(queryRows, keyRows),
            Value = Qkv(queryRows + keyRows, keyRows),
            Gate = GateUp(0),
            Up = GateUp(config.IntermediateSize),
        };
    }
}
