namespace Decant.Connectors.Models.Families;

/// <summary>GPT-2: learned positions, LayerNorm, biases everywhere, matrices stored [in][out], query, key and value in one.</summary>
internal sealed class Gpt2 : ModelFamily
{
    public override IReadOnlyList<string> ModelTypes => ["gpt2"];

    public override ModelConfig Read(ConfigReader config, string modelType)
    {
        foreach (var name in (string[])["scale_attn_by_inverse_layer_idx", "add_cross_attention"])
        {
            if (config.Flag(name) == true) throw new NotSupportedException($"config.json: {name} = true is not supported for gpt2; only false is.");
        }

        if (config.Has("quantization_config"))
            throw new NotSupportedException("config.json: quantization_config is not supported. Load an unquantised checkpoint.");
        var width = config.RequiredCount("n_embd");
        var heads = config.RequiredCount("n_head");
        if (width % heads != 0) throw new InvalidDataException($"config.json: n_embd {width} is no multiple of n_head {heads}.");
        return new ModelConfig
        {
            ModelType = modelType,
            VocabularySize = config.RequiredCount("vocab_size"),
            HiddenSize = width,
            IntermediateSize = config.Count("n_inner") ?? 4 * width,
            LayerCount = config.RequiredCount("n_layer"),
            HeadCount = heads,
            KeyValueHeadCount = heads,
            HeadSize = width / heads,
            ContextLength = config.Count("n_positions") ?? config.RequiredCount("n_ctx"),
            Norm = NormKind.LayerNorm,
            NormEpsilon = (float)(config.Number("layer_norm_epsilon") ?? 1e-5),
            Activation = config.Text("activation_function") switch
            {
                null or "gelu_new" or "gelu_fast" or "gelu_pytorch_tanh" => Activation.GeluTanh,
                "gelu" => Activation.Gelu,
                "relu" => Activation.Relu,
                var name => throw new NotSupportedException($"config.json: activation_function '{name}' is not known. Known: gelu_new, gelu_fast, gelu, relu."),
            },
            Gated = false,
            AttentionScale = config.Flag("scale_attn_weights") == false ? 1 : 1 / MathF.Sqrt(width / heads),
            TieEmbeddings = config.Flag("tie_word_embeddings") ?? true,
            BeginOfTextId = config.Count("bos_token_id"),
            EndOfTextIds = config.CountOrCounts("eos_token_id"),
        };
    }

    public override CheckpointLayout Layout(ModelConfig config, Func<string, bool> exists)
    {
        var prefix = exists("transformer.wte.weight") ? "transformer." : "";
        return new CheckpointLayout
        {
            Embedding = WeightSlice.Whole($"{prefix}wte.weight", config.VocabularySize, config.HiddenSize),
            Head = config.TieEmbeddings ? null : WeightSlice.Whole("lm_head.weight", config.VocabularySize, config.HiddenSize),
            PositionEmbedding = WeightSlice.Whole($"{prefix}wpe.weight", config.ContextLength, config.HiddenSize),
            FinalNorm = Norm($"{prefix}ln_f", config),
            Layers = [.. Enumerable.Range(0, config.LayerCount).Select(i => Layer(config, $"{prefix}h.{i}."))],
        };
    }

    private static LayerWeights Layer(ModelConfig config, string prefix)
    {
        var width = config.HiddenSize;
        WeightSlice Matrix(string name, int start, int rows, int columns, int tensorRows) => new($"{prefix}{name}.weight", start, rows, columns, true, tensorRows);
        VectorSlice Bias(string name, int start, int count, int tensorCount) => new($"{prefix}{name}.bias", start, count, tensorCount);
        return new LayerWeights
        {
            Query = Matrix("attn.c_attn", 0, width, width, 3 * width),
            Key = Matrix("attn.c_attn", width, width, width, 3 * width),
            Value = Matrix("attn.c_attn", 2 * width, width, width, 3 * width),
            Output = Matrix("attn.c_proj", 0, width, width, width),
            Up = Matrix("mlp.c_fc", 0, config.IntermediateSize, width, config.IntermediateSize),
            Down = Matrix("mlp.c_proj", 0, width, config.IntermediateSize, width),
            QueryBias = Bias("attn.c_attn", 0, width, 3 * width),
            KeyBias = Bias("attn.c_attn", width, width, 3 * width),
            ValueBias = Bias("attn.c_attn", 2 * width, width, 3 * width),
            OutputBias = Bias("attn.c_proj", 0, width, width),
            UpBias = Bias("mlp.c_fc", 0, config.IntermediateSize, config.IntermediateSize),
            DownBias = Bias("mlp.c_proj", 0, width, width),
            InputNorm = Norm($"{prefix}ln_1", config),
            PreMlpNorm = Norm($"{prefix}ln_2", config),
        };
    }

    private static NormWeights Norm(string name, ModelConfig config) => new($"{name}.weight", config.HiddenSize, $"{name}.bias");
}
