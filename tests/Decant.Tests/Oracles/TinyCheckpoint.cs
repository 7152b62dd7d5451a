using System.Text.Json.Nodes;
using Decant.Connectors.Models;

namespace Decant.Tests.Oracles;

/// <summary>Writes tiny random checkpoints, one per family, with the settings that set the family apart.</summary>
internal static class TinyCheckpoint
{
    public const int Vocabulary = 97;

    private static readonly Dictionary<string, string> _configs = new()
    {
        ["llama"] = """{"rope_scaling":{"rope_type":"llama3","factor":8,"low_freq_factor":1,"high_freq_factor":4,"original_max_position_embeddings":64},"rope_theta":500000,"attention_bias":true,"mlp_bias":true}""",
        ["mistral"] = """{"sliding_window":7,"head_dim":20,"rope_theta":10000}""",
        ["qwen2"] = """{"tie_word_embeddings":true,"rope_scaling":{"type":"yarn","factor":4,"original_max_position_embeddings":64}}""",
        ["qwen3"] = """{"head_dim":24,"use_sliding_window":true,"sliding_window":5,"max_window_layers":1,"rope_parameters":{"rope_type":"linear","factor":2,"rope_theta":1000000}}""",
        ["gemma2"] = """{"head_dim":20,"query_pre_attn_scalar":12,"attn_logit_softcapping":2.5,"final_logit_softcapping":3,"sliding_window":6,"hidden_activation":"gelu_pytorch_tanh"}""",
        ["gemma3_text"] = """{"head_dim":16,"query_pre_attn_scalar":9,"sliding_window":5,"sliding_window_pattern":2,"rope_theta":1000000,"rope_local_base_freq":10000}""",
        ["phi3"] = """{"partial_rotary_factor":0.5,"original_max_position_embeddings":64,"rope_scaling":{"type":"longrope","short_factor":[1,1.1,1.2,1.3],"long_factor":[1,2,3,4]}}""",
        ["smollm3"] = """{"no_rope_layers":[1,0,1],"rope_scaling":{"type":"dynamic","factor":2,"original_max_position_embeddings":16},"tie_word_embeddings":true}""",
        ["olmo2"] = """{}""",
        ["granite"] = """{"embedding_multiplier":3,"residual_multiplier":0.3,"attention_multiplier":0.2,"logits_scaling":4,"hidden_act":"gelu"}""",
        ["yi"] = """{"num_key_value_heads":1}""",
        ["gpt2"] = """{"n_embd":48,"n_head":3,"n_layer":3,"n_positions":256,"n_inner":80}""",
    };

    public static IEnumerable<object[]> Families => _configs.Keys.Select(family => new object[] { family });

    /// <summary>Writes <paramref name="family"/>'s checkpoint into a new temporary folder and returns the folder. Tensors that <paramref name="isZero"/> says of by name are 0.</summary>
    public static string Write(string family, int seed = 1, ElementType type = ElementType.F32, Action<JsonObject>? edit = null, Func<string, bool>? isZero = null)
    {
        var config = (JsonObject)JsonNode.Parse("""
            {"hidden_size":48,"intermediate_size":80,"num_hidden_layers":3,"num_attention_heads":3,"num_key_value_heads":3,
             "max_position_embeddings":256,"rms_norm_eps":1e-5,"hidden_act":"silu","bos_token_id":1,"eos_token_id":2}
            """)!;
        config["model_type"] = family;
        config["vocab_size"] = Vocabulary;
        if (family is "mistral" or "gemma2" or "qwen2") (config["num_attention_heads"], config["num_key_value_heads"]) = (4, 2);
        if (family == "qwen2") config["hidden_size"] = 64;
        foreach (var (name, value) in (JsonObject)JsonNode.Parse(_configs[family])!) config[name] = value?.DeepClone();
        edit?.Invoke(config);

        var folder = Directory.CreateTempSubdirectory("decant-test-").FullName;
        File.WriteAllText(Path.Combine(folder, "config.json"), config.ToJsonString());
        WriteTensors(folder, config, family, seed, type, isZero ?? (_ => false));
        return folder;
    }

    private static void WriteTensors(string folder, JsonObject config, string family, int seed, ElementType type, Func<string, bool> isZero)
    {
        var read = Checkpoint.ReadConfig(folder);
        var biased = family == "qwen2" ? ["q_proj.bias", "k_proj.bias", "v_proj.bias"]
            : (bool?)config["attention_bias"] == true ? (string[])["q_proj.bias", "k_proj.bias", "v_proj.bias", "o_proj.bias", "gate_proj.bias", "up_proj.bias", "down_proj.bias"]
            : [];
        var layout = ModelFamily.Find(family).Layout(read, name => Array.Exists(biased, name.EndsWith));
        var random = new Random(seed);
        var tensors = layout.Tensors().DistinctBy(tensor => tensor.Name)
            .Select(tensor => (tensor.Name, tensor.Shape, (Func<float[]>)(() =>
            {
                var values = Values(tensor.Name, tensor.Shape, random, read.NormAddsOne);
                return isZero(tensor.Name) ? new float[values.Length] : values;
            })))
            .ToList();
        SafetensorsWriter.Write(Path.Combine(folder, "model.safetensors"), tensors, type);
    }

    private static float[] Values(string name, long[] shape, Random random, bool normAddsOne)
    {
        var values = new float[shape.Aggregate(1L, (product, size) => product * size)];
        var isNorm = shape.Length == 1 && name.EndsWith("weight", StringComparison.Ordinal);
        for (var i = 0; i < values.Length; i++)
        {
            var noise = (float)(random.NextDouble() * 2 - 1);
            values[i] = isNorm ? noise * 0.3f + (normAddsOne ? 0 : 1) : noise * 0.3f;
        }

        return values;
    }
}
