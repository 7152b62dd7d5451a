namespace Decant.Decoding;

/// <summary>
/// Decodes with an edited network: after a layer, the component of the residual stream along a direction is scaled, for every token of prompt and answer. Turns off, weakens or
/// strengthens what the direction carries, such as a circuit that an analysis of the model's attention heads has found.
/// </summary>
/// <remarks>
/// Source of the use: Merullo, Eickhoff and Pavlick, "Talking Heads: Understanding Inter-layer Communication in Transformer Language Models", 2024. Conversations read with
/// an edit and without are never mixed up in the prefix cache.
/// </remarks>
public sealed record ResidualEditOptions : ContrastOptions
{
    /// <inheritdoc/>
    public override string Kind => "residual-edit";

    /// <summary>0 edits the embeddings, i the output of layer i; at most the model's layer count. Default: 1.</summary>
    public int Layer { get; init; } = 1;

    /// <summary>The direction: one number per dimension of the residual stream, not all 0; its length does not count. Give this or <see cref="DirectionName"/>.</summary>
    public ValueList<double>? Direction { get; init; }

    /// <summary>The name of a registered <see cref="ResidualDirection"/>.</summary>
    public string? DirectionName { get; init; }

    /// <summary>What the component along the direction is multiplied by; −100 … 100. 1 changes nothing. Default: 0, which removes it.</summary>
    public float Scale { get; init; }

    /// <inheritdoc/>
    public override void Validate()
    {
        Check(Layer >= 0, Layer, nameof(Layer), "at least 0 (the embeddings)");
        Check(Scale is >= -100 and <= 100, Scale, nameof(Scale), "from -100 to 100 (1 changes nothing)");
        Check(Direction is null != DirectionName is null, Direction, nameof(Direction), $"given, or else {nameof(DirectionName)}, but not both");
        Check(Direction?.Any(value => value != 0 && double.IsFinite(value)) != false && Direction?.All(double.IsFinite) != false, Direction, nameof(Direction), "finite numbers that are not all 0");
    }

    /// <inheritdoc/>
    public override ILogitPolicy Compile(PlanContext context)
    {
        ArgumentNullException.ThrowIfNull(context);
        context.Require(Kind, ModelCapabilities.ResidualEdits);
        var model = context.Model;
        if (Layer > model.LayerCount) throw new ArgumentException($"{Kind}: {nameof(Layer)} is {Layer}, but {model.Name} has {model.LayerCount} layers.");
        float[] direction = DirectionName is null
            ? [.. Direction!.Select(value => (float)value)]
            : [.. context.Services.Get<ResidualDirection>(DirectionName, $"{Kind}: {nameof(DirectionName)}").Values];
        if (direction.Length != model.HiddenSize) throw new ArgumentException($"{Kind}: the direction has {direction.Length} numbers, but the residual stream of {model.Name} has {model.HiddenSize} dimensions.");
        return new EditedTarget(new ResidualEdit(Layer, direction, Scale));
    }
}

/// <summary>The target alone, edited.</summary>
internal sealed class EditedTarget(ResidualEdit edit) : ILogitPolicy
{
    public IReadOnlyList<BranchRequest> Branches { get; } = [BranchRequest.Target with { Edits = [edit] }];

    public void Combine(in BranchRows rows, GenerationState state, RowScratch scratch, Span<float> destination, ref RowReport report) => rows.Main.CopyTo(destination);
}
