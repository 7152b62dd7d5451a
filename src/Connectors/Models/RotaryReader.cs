namespace Decant.Connectors.Models;

/// <summary>Reads rotary settings in both spellings: <c>rope_theta</c> with <c>rope_scaling</c>, and <c>rope_parameters</c>.</summary>
internal static class RotaryReader
{
    private static readonly string[] _known = ["default", "linear", "dynamic", "llama3", "yarn", "longrope"];

    /// <param name="config">config.json.</param>
    /// <param name="headSize">Width of a head.</param>
    /// <param name="layerType">For configurations with settings per layer type, which one: full_attention or sliding_attention.</param>
    /// <param name="defaultBase">The family's base where config.json has none.</param>
    public static RotarySettings Read(ConfigReader config, int headSize, string layerType = "full_attention", double defaultBase = 10000)
    {
        var parameters = config.Section("rope_parameters");
        parameters = parameters?.Section(layerType) ?? parameters;
        var scaling = parameters ?? config.Section("rope_scaling");
        var theBase = parameters?.Number("rope_theta") ?? config.Number("rope_theta") ?? defaultBase;
        var partial = parameters?.Number("partial_rotary_factor") ?? config.Number("partial_rotary_factor") ?? 1;
        var settings = new RotarySettings { Base = theBase, Dimensions = (int)(headSize * partial) / 2 * 2 };
        if (theBase <= 1 || settings.Dimensions is < 2 || settings.Dimensions > headSize)
            throw new InvalidDataException($"config.json: rope_theta {theBase} with partial_rotary_factor {partial} makes no rotary embedding of a head of {headSize}.");
        return scaling is null ? settings : Scale(settings, scaling, config);
    }

    private static RotarySettings Scale(RotarySettings settings, ConfigReader scaling, ConfigReader config)
    {
        var kind = scaling.Text("rope_type") ?? scaling.Text("type") ?? "default";
        if (kind is "default" or "mrope") return settings;
        var context = config.RequiredCount("max_position_embeddings");
        var original = scaling.Count("original_max_position_embeddings") ?? config.Count("original_max_position_embeddings") ?? context;
        var factor = scaling.Number("factor") ?? (double)context / original;
        settings = settings with { Factor = factor, OriginalContext = original };
        return kind switch
        {
            "linear" => settings with { Scaling = RotaryScaling.Linear },
            "dynamic" => settings with { Scaling = RotaryScaling.Dynamic },
            "llama3" => settings with
            {
                Scaling = RotaryScaling.Llama3,
                LowFrequencyFactor = scaling.Number("low_freq_factor") ?? 1,
                HighFrequencyFactor = scaling.Number("high_freq_factor") ?? 4,
            },
            "yarn" => settings with
            {
                Scaling = RotaryScaling.Yarn,
                BetaFast = scaling.Number("beta_fast") ?? 32,
                BetaSlow = scaling.Number("beta_slow") ?? 1,
                Truncate = scaling.Flag("truncate") ?? true,
                Magnitude = scaling.Number("attention_factor") ?? YarnMagnitude(factor, scaling.Number("mscale"), scaling.Number("mscale_all_dim")),
            },
            "longrope" or "su" => LongRope(settings, scaling, (double)context / original),
            _ => throw new NotSupportedException($"config.json: rope type '{kind}' is not known. Known: {string.Join(", ", _known)}."),
        };
    }

    private static double YarnMagnitude(double factor, double? scale, double? scaleAll) =>
        scale is > 0 && scaleAll is > 0 ? YarnScale(factor, scale.Value) / YarnScale(factor, scaleAll.Value) : YarnScale(factor, 1);

    private static double YarnScale(double factor, double scale) => factor <= 1 ? 1 : 0.1 * scale * Math.Log(factor) + 1;

    private static RotarySettings LongRope(RotarySettings settings, ConfigReader scaling, double stretch)
    {
        var magnitude = stretch <= 1 ? 1 : Math.Sqrt(1 + Math.Log(stretch) / Math.Log(settings.OriginalContext));
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
