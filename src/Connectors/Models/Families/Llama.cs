namespace Decant.Connectors.Models.Families;

/// <summary>Llama, and what every family derived from it shares. Yi releases carry Llama's configuration.</summary>
internal class Llama : ModelFamily
{
    private static readonly string[] _foreign = ["quantization_config", "num_local_experts", "num_experts", "n_routed_experts", "layernorm_epsilon"];

    public override IReadOnlyList<string> ModelTypes => ["llama", "yi"];

    public override ModelConfig Read(ConfigReader config, string modelType)
    {
        Refuse(config);
        var hidden = config.RequiredCount("hidden_size");
        var heads = config.RequiredCount("num_attention_heads");
        if (config.Flag("use_bidirectional_attention") == true)
            throw new NotSupportedException("config.json: use_bidirectional_attention = true is not supported: such a model embeds text and does not continue it.");
        var headSize = config.Count("head_dim") ?? hidden / heads;
        var keyHeads = config.Count("num_key_value_heads") ?? heads;
        if (keyHeads == 0 || heads % keyHeads != 0)
            throw new InvalidDataException($"config.json: num_attention_heads {heads} is no multiple of num_key_value_heads {keyHeads}.");
        var rotary = RotaryReader.Read(config, headSize);
        var context = config.RequiredCount("max_position_embeddings");
        return new ModelConfig
        {
            ModelType = modelType,
            VocabularySize = config.RequiredCount("vocab_size"),
            HiddenSize = hidden,
            IntermediateSize = config.RequiredCount("intermediate_size"),
            LayerCount = config.RequiredCount("num_hidden_layers"),
            HeadCount = heads,
            KeyValueHeadCount = keyHeads,
            HeadSize = headSize,
            // Dynamic scaling acts beyond the positions of the training only: it is there to go beyond them.
            ContextLength = rotary.DependsOnLength ? (int)Math.Max(context, Math.Min(rotary.OriginalContext * rotary.Factor, int.MaxValue / 2)) : context,
            NormEpsilon = (float)(config.Number("rms_norm_eps") ?? 1e-6),
            Activation = ReadActivation(config.Text("hidden_act") ?? config.Text("hidden_activation") ?? "silu"),
            Rotary = rotary,
            AttentionScale = 1 / MathF.Sqrt(headSize),
            TieEmbeddings = config.Flag("tie_word_embeddings") ?? false,
            BeginOfTextId = config.Count("bos_token_id"),
            EndOfTextIds = config.CountOrCounts("eos_token_id"),
        };
    }

    public override CheckpointLayout Layout(ModelConfig config, Func<string, bool> exists)
    {
        var prefix = Prefix(exists);
        return new CheckpointLayout
        {
            Embedding = WeightSlice.Whole($"{prefix}embed_tokens.weight", config.VocabularySize, config.HiddenSize),
            Head = config.TieEmbeddings ? null : WeightSlice.Whole(HeadName(prefix), config.VocabularySize, config.HiddenSize),
            FinalNorm = new NormWeights($"{prefix}norm.weight", config.HiddenSize),
            Layers = [.. Enumerable.Range(0, config.LayerCount).Select(i => Layer(config, $"{prefix}layers.{i}.", exists))],
        };
    }

    protected static Activation ReadActivation(string name) => name switch
    {
        "silu" or "swish" => Activation.Silu,
        "gelu_pytorch_tanh" or "gelu_new" or "gelu_fast" => Activation.GeluTanh,
        "gelu" => Activation.Gelu,
        "relu" => Activation.Relu,
        _ => throw new NotSupportedException($"config.json: hidden_act '{name}' is not known. Known: silu, gelu, gelu_new, gelu_fast, gelu_pytorch_tanh, relu."),
    };

    /// <summary>Refuses settings that change the model and that nothing here would honour.</summary>
    protected static void Refuse(ConfigReader config)
    {
        foreach (var name in _foreign)
        {
            if (config.Has(name))
                throw new NotSupportedException($"config.json: {name} is not supported. Load an unquantised dense checkpoint (float32, float16 or bfloat16 safetensors).");
        }
    }

    /// <summary>Layer types as config.json lists them, or null; an unknown one is refused.</summary>
    protected static IReadOnlyList<bool>? SlidingLayers(ConfigReader config, int layers)
    {
        if (config.Texts("layer_types") is not { } types) return null;
        if (types.Count != layers) throw new InvalidDataException($"config.json: layer_types has {types.Count} entries for {layers} layers.");
        return [.. types.Select(type => type switch
        {
            "sliding_attention" => true,
            "full_attention" => false,
            _ => throw new NotSupportedException($"config.json: layer type '{type}' is not known. Known: full_attention, sliding_attention."),
        })];
    }

    protected virtual LayerWeights Layer(ModelConfig config, string prefix, Func<string, bool> exists)
    {
        var queryRows = config.HeadCount * config.HeadSize;
        var keyRows = config.KeyValueHeadCount * config.HeadSize;
        VectorSlice? Bias(string name, int rows) => exists($"{prefix}{name}.bias") ? new($"{prefix}{name}.bias", 0, rows, rows) : null;
        WeightSlice Matrix(string name, int rows, int columns) => WeightSlice.Whole($"{prefix}{name}.weight", rows, columns);
        return new LayerWeights
        {
            Query = Matrix("self_attn.q_proj", queryRows, config.HiddenSize),
            Key = Matrix("self_attn.k_proj", keyRows, config.HiddenSize),
            Value = Matrix("self_attn.v_proj", keyRows, config.HiddenSize),
            Output = Matrix("self_attn.o_proj", config.HiddenSize, queryRows),
            Gate = Matrix("mlp.gate_proj", config.IntermediateSize, config.HiddenSize),
            Up = Matrix("mlp.up_proj", config.IntermediateSize, config.HiddenSize),
            Down = Matrix("mlp.down_proj", config.HiddenSize, config.IntermediateSize),
            QueryBias = Bias("self_attn.q_proj", queryRows),
            KeyBias = Bias("self_attn.k_proj", keyRows),
            ValueBias = Bias("self_attn.v_proj", keyRows),
            OutputBias = Bias("self_attn.o_proj", config.HiddenSize),
            GateBias = Bias("mlp.gate_proj", config.IntermediateSize),
            UpBias = Bias("mlp.up_proj", config.IntermediateSize),
            DownBias = Bias("mlp.down_proj", config.HiddenSize),
            InputNorm = new NormWeights($"{prefix}input_layernorm.weight", config.HiddenSize),
            PreMlpNorm = new NormWeights($"{prefix}post_attention_layernorm.weight", config.HiddenSize),
        };
    }

    private static string Prefix(Func<string, bool> exists)
    {
        foreach (var prefix in (string[])["model.", "model.language_model.", "language_model.model.", ""])
        {
            if (exists($"{prefix}embed_tokens.weight")) return prefix;
        }

        return "model.";
    }

    private static string HeadName(string prefix) => prefix == "language_model.model." ? "language_model.lm_head.weight" : "lm_head.weight";
}
