namespace Decant.Decoding;

/// <summary>
/// How a forward runs the layers: which of their parts it leaves out, where it stops, and which layers run side by side. Cheap approximations of the model that draft for it.
/// Immutable, equal by value. The default runs every layer, one after the other, and changes no bit.
/// </summary>
/// <remarks>
/// Rows of a forward whose plan leaves out a layer's attention have no keys and values there: what is cached of them is undefined, and only forwards with the same plan may read
/// them. Rows of one that runs layers side by side are approximate. Run such forwards on a <see cref="ISequence.Fork"/>, which shares what is exact, and dispose it afterwards.
/// A part that is left out adds nothing to the residual stream, its norms included, and whatever the family's order of norms.
/// </remarks>
public sealed record LayerPlan
{
    /// <summary>Layers (1 … layer count) whose attention is left out. Default: none.</summary>
    public ValueList<int> SkipAttention { get; init; } = [];

    /// <summary>Layers (1 … layer count) whose feed-forward block is left out. Default: none.</summary>
    public ValueList<int> SkipMlp { get; init; } = [];

    /// <summary>The last layer that runs, 1 … layer count; final norm and output head follow it. Null, the default: all run.</summary>
    public int? ExitLayer { get; init; }

    /// <summary>
    /// How many layers run side by side, at least 1; the first and the last layer that run stay alone. The attentions of such a group all read what entered the group and their
    /// outputs are added; then its feed-forward blocks follow one after the other. Taps and edits of a group's layer take place behind its feed-forward block. Default: 1, none.
    /// Source: EasySpec (2025), layer-parallel speculation.
    /// </summary>
    public int GroupSize { get; init; } = 1;

    /// <summary>How many of a model's layers run.</summary>
    public static int Count(LayerPlan? plan, int layers) => plan?.ExitLayer ?? layers;

    /// <summary>The group that begins with a layer ends before this one.</summary>
    /// <param name="plan">The plan, or null for every layer in turn.</param>
    /// <param name="first">The group's first layer, from 0.</param>
    /// <param name="count">How many layers run.</param>
    public static int GroupEnd(LayerPlan? plan, int first, int count) =>
        plan is null || first == 0 || first >= count - 1 ? first + 1 : Math.Min(first + plan.GroupSize, count - 1);

    /// <summary>Whether a layer's attention runs, of those up to the exit.</summary>
    /// <param name="plan">The plan, or null.</param>
    /// <param name="layer">The layer, from 1.</param>
    public static bool Attends(LayerPlan? plan, int layer) => plan is null || !plan.SkipAttention.Span.Contains(layer);

    /// <summary>Whether a layer's feed-forward block runs, of those up to the exit.</summary>
    /// <param name="plan">The plan, or null.</param>
    /// <param name="layer">The layer, from 1.</param>
    public static bool Thinks(LayerPlan? plan, int layer) => plan is null || !plan.SkipMlp.Span.Contains(layer);

    /// <summary>What is wrong with the plan for a model; null for nothing.</summary>
    public string? Fault(ModelInfo model)
    {
        ArgumentNullException.ThrowIfNull(model);
        if (!model.Capabilities.HasFlag(ModelCapabilities.LayerPlans)) return $"the model {model.Name} cannot run parts of its layers ({nameof(ModelCapabilities)}.{nameof(ModelCapabilities.LayerPlans)})";
        foreach (var (member, layers) in (ReadOnlySpan<(string, ValueList<int>)>)[(nameof(SkipAttention), SkipAttention), (nameof(SkipMlp), SkipMlp), (nameof(ExitLayer), ExitLayer is { } exit ? [exit] : [])])
        {
            foreach (var layer in layers)
            {
                if (layer < 1 || layer > model.LayerCount) return $"{member} names layer {layer}, but {model.Name} has layers 1 … {model.LayerCount}";
            }
        }

        return GroupSize < 1 ? $"{nameof(GroupSize)} is {GroupSize}; it must be at least 1" : null;
    }
}
