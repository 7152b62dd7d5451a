namespace Decant.Connectors.Models;

/// <summary>Reads rotary settings in both spellings: <c>rope_theta</c> with <c>rope_scaling</c>, and <c>rope_parameters</c>.</summary>
internal static class RotaryReader
{
    private static readonly string[] _known = ["default", "linear", "dynamic", "llama3", "yarn", "longrope"];

    /// <summary>The settings of layers with full attention.</summary>
    /// <param name="config">config.json.</param>
    /// <param name="headSize">Width of a head.</param>
    public static RotarySettings Read(ConfigReader config, int headSize)
    {
        var parameters = config.Section("rope_parameters");
        parameters = parameters?.Section("full_attention") ?? parameters;
        return Read(parameters ?? config.Section("rope_scaling"), config, headSize, config.Number("rope_theta") ?? 10000);
    }

    /// <summary>The settings of sliding layers where they have their own (Gemma 3): a scaling for full attention does not reach them.</summary>
    /// <param name="config">config.json.</param>
    /// <param name="headSize">Width of a head.</param>
    public static RotarySettings ReadLocal(ConfigReader config, int headSize) =>
        Read(config.Section("rope_parameters")?.Section("sliding_attention"), config, headSize, config.Number("rope_local_base_freq") ?? 10000);

    private static RotarySettings Read(ConfigReader? scaling, ConfigReader config, int headSize, double defaultBase)
    {
        var theBase = scaling?.Number("rope_theta") ?? defaultBase;
        var partial = scaling?.Number("partial_rotary_factor") ?? config.Number("partial_rotary_factor") ?? 1;
        var settings = new RotarySettings { Base = theBase, Dimensions = (int)(headSize * partial) / 2 * 2 };
        if (theBase <= 1 || settings.Dimensions is < 2 || settings.Dimensions > headSize)
            throw new InvalidDataException($"config.json: rope_theta {theBase} with partial_rotary_factor {partial} makes no rotary embedding of a head of {headSize}.");
        return scaling is null ? settings : Scale(settings, scaling, config);
    }

    private static RotarySettings Scale(RotarySettings settings, ConfigReader scaling, ConfigReader config)
    {
        var kind = scaling.Text("rope_type") ?? scaling.Text("type") ?? "default";
        if (kind is "default" or "mrope") return settings;
        if (!_known.Contains(kind) && kind != "su") throw new NotSupportedException($"config.json: rope type '{kind}' is not known. Known: {string.Join(", ", _known)}.");
        // Early Phi-3 releases call their searched factors "su" or "yarn".
        if (kind == "su" || (kind == "yarn" && scaling.Has("short_factor"))) kind = "longrope";

        var context = config.RequiredCount("max_position_embeddings");
        var original = scaling.Count("original_max_position_embeddings") ?? config.Count("original_max_position_embeddings");
        // YaRN and LongRoPE may leave the factor to be derived; for the others there is nothing to derive it from.
        var factor = scaling.Number("factor") ?? (kind is "yarn" or "longrope" ? (double)context / (original ?? context) : Required("factor"));
        if (factor <= 0 || original is 0) throw new InvalidDataException($"config.json: a rope scaling of type {kind} cannot have the factor {factor} over {original} positions.");
        settings = settings with { Factor = factor, OriginalContext = original ?? (kind == "llama3" ? (int)Required("original_max_position_embeddings") : context) };
        return kind switch
        {
            "linear" => settings with { Scaling = RotaryScaling.Linear },
            "dynamic" => settings with { Scaling = RotaryScaling.Dynamic },
            "llama3" => settings with
            {
                Scaling = RotaryScaling.Llama3,
                LowFrequencyFactor = Required("low_freq_factor"),
                HighFrequencyFactor = Required("high_freq_factor"),
            },
            "yarn" => settings with
            {
                Scaling = RotaryScaling.Yarn,
                BetaFast = scaling.Number("beta_fast") ?? 32,
                BetaSlow = scaling.Number("beta_slow") ?? 1,
                Truncate = scaling.Flag("truncate") ?? true,
                Magnitude = scaling.Number("attention_factor") ?? YarnMagnitude(factor, scaling.Number("mscale"), scaling.Number("mscale_all_dim")),
            },
            _ => LongRope(settings, scaling),
        };

        double Required(string name) => scaling.Number(name)
            ?? throw new InvalidDataException($"config.json: a rope scaling of type {kind} needs {name}. Fetch the model's config.json again.");
    }

    private static double YarnMagnitude(double factor, double? scale, double? scaleAll) =>
        scale is > 0 && scaleAll is > 0 ? YarnScale(factor, scale.Value) / YarnScale(factor, scaleAll.Value) : YarnScale(factor, 1);

    private static double YarnScale(double factor, double scale) => factor <= 1 ? 1 : 0.1 * scale * Math.Log(factor) + 1;

    private static RotarySettings LongRope(RotarySettings settings, ConfigReader scaling)
    {
        var magnitude = settings.Factor <= 1 ? 1 : Math.Sqrt(1 + Math.Log(settings.Factor) / Math.Log(settings.OriginalContext));
        var result = settings with
        {
            Scaling = RotaryScaling.LongRope,
            ShortFactors = scaling.Numbers("short_factor") ?? [],
            LongFactors = scaling.Numbers("long_factor") ?? [],
            Magnitude = scaling.Number("attention_factor") ?? magnitude,
        };
        var pairs = settings.Dimensions / 2;
        if (result.ShortFactors.Count != pairs || result.LongFactors.Count != pairs)
            throw new InvalidDataException($"config.json: short_factor and long_factor of longrope must each hold {pairs} numbers.");
        return result;
    }
}
