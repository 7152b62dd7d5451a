using System.Text.Json;

namespace Decant.Samples.TrainTiny.Training;

/// <summary>Size of a model of Llama's architecture with tied embeddings.</summary>
internal sealed record ModelShape(int Hidden, int Layers, int Heads, int KeyValueHeads, int Intermediate)
{
    private const int ContextLength = 1024;

    /// <summary>The number of weights.</summary>
    public long Parameters(int vocabulary) => MultiplyAdds(vocabulary) + (Hidden * ((2L * Layers) + 1));

    /// <summary>Multiplications of a weight by an activation for one token, output head included: each matrix once. Attention over the past comes on top.</summary>
    public long MultiplyAdds(int vocabulary)
    {
        var keyValue = (long)Hidden / Heads * KeyValueHeads;
        return ((long)vocabulary * Hidden) + (Layers * ((2L * Hidden * Hidden) + (2 * Hidden * keyValue) + (3L * Hidden * Intermediate)));
    }

    /// <summary>config.json.</summary>
    public string ToConfig(int vocabulary, int endOfTurnId) => JsonSerializer.Serialize(
        new
        {
            architectures = (string[])["LlamaForCausalLM"],
            model_type = "llama",
            vocab_size = vocabulary,
            hidden_size = Hidden,
            intermediate_size = Intermediate,
            num_hidden_layers = Layers,
            num_attention_heads = Heads,
            num_key_value_heads = KeyValueHeads,
            max_position_embeddings = ContextLength,
            rms_norm_eps = 1e-5,
            hidden_act = "silu",
            rope_theta = 10000.0,
            tie_word_embeddings = true,
            eos_token_id = endOfTurnId,
            torch_dtype = "bfloat16",
        },
        JsonFile.Indented);
}
