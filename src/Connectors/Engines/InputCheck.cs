using Decant.Decoding;

namespace Decant.Connectors.Engines;

/// <summary>Refuses a forward's input before anything runs, so that one caller's mistake never reaches another's batch.</summary>
internal static class InputCheck
{
    public static void Validate(in ForwardInput input, ModelInfo info, int length)
    {
        if (input.Ids.IsEmpty == input.Embeddings.IsEmpty)
            throw new ArgumentException("Give either Ids or Embeddings, with at least one row.", nameof(input));
        if (input.Embeddings.Length % info.HiddenSize != 0)
            throw new ArgumentException($"Embeddings holds {input.Embeddings.Length} floats, which is no multiple of the hidden size {info.HiddenSize}.", nameof(input));
        ValidateIds(input.Ids.Span, info, nameof(input));
        var rows = input.Ids.IsEmpty ? input.Embeddings.Length / info.HiddenSize : input.Ids.Length;
        if (rows > info.ContextLength - length) throw new ContextOverflowException(length + rows, info.ContextLength);
        ArgumentOutOfRangeException.ThrowIfLessThan(input.LastRows, 1, nameof(ForwardInput.LastRows));
        ValidateParents(input.Parents.Span, rows);
        if (input.Taps is { } taps) Validate(taps, info);
        if (input.Edits is { } edits) Validate(edits, info);
        if (input.Layers is not { } layers) return;
        if (layers.Fault(info) is { } fault) throw new ArgumentException($"ForwardInput.Layers: {fault}.", nameof(input));
        if (input.Taps is not null) Validate(input.Taps, layers);
    }

    /// <summary>Refuses what <see cref="ICausalModel.Embed"/> cannot answer.</summary>
    public static void Validate(ReadOnlySpan<int> ids, ReadOnlySpan<float> destination, ModelInfo info)
    {
        ValidateIds(ids, info, nameof(ids));
        if (destination.Length != ids.Length * info.HiddenSize)
            throw new ArgumentException($"The destination has {destination.Length} floats; {ids.Length} embeddings of hidden size {info.HiddenSize} need {ids.Length * info.HiddenSize}.", nameof(destination));
    }

    private static void ValidateIds(ReadOnlySpan<int> ids, ModelInfo info, string parameter)
    {
        foreach (var id in ids)
        {
            if ((uint)id >= (uint)info.VocabularySize)
                throw new ArgumentOutOfRangeException(parameter, id, $"Token ids of this model are 0 … {info.VocabularySize - 1}.");
        }
    }

    private static void ValidateParents(ReadOnlySpan<int> parents, int rows)
    {
        if (parents.IsEmpty) return;
        if (parents.Length != rows) throw new ArgumentException($"Parents has {parents.Length} entries for {rows} rows.", nameof(parents));
        for (var i = 0; i < rows; i++)
        {
            if (parents[i] < -1 || parents[i] >= i)
                throw new ArgumentException($"Parents[{i}] is {parents[i]}; a row's parent is an earlier row of the forward, or -1.", nameof(parents));
        }
    }

    private static void Validate(Taps taps, ModelInfo info)
    {
        if (taps.RouterLayers.Count > 0) throw new NotSupportedException("Taps.RouterLayers: this model has no mixture-of-experts router.");
        Validate(taps.HiddenLayers, 0, info.LayerCount, nameof(Taps.HiddenLayers));
        Validate(taps.EarlyExitLayers, 0, info.LayerCount, nameof(Taps.EarlyExitLayers));
        Validate(taps.AttentionLayers, 1, info.LayerCount, nameof(Taps.AttentionLayers));
    }

    private static void Validate(Taps taps, LayerPlan layers)
    {
        foreach (var (option, tapped) in (ReadOnlySpan<(string, IReadOnlyList<int>)>)[(nameof(Taps.HiddenLayers), taps.HiddenLayers), (nameof(Taps.EarlyExitLayers), taps.EarlyExitLayers), (nameof(Taps.AttentionLayers), taps.AttentionLayers)])
        {
            if (tapped.FirstOrDefault(layer => layer > layers.ExitLayer) is > 0 and var layer)
                throw new ArgumentException($"Taps.{option} names layer {layer}, which does not run: ForwardInput.Layers leaves after layer {layers.ExitLayer}.", nameof(taps));
        }

        if (taps.AttentionLayers.FirstOrDefault(layer => !LayerPlan.Attends(layers, layer)) is > 0 and var skipped)
            throw new ArgumentException($"Taps.{nameof(Taps.AttentionLayers)} names layer {skipped}, whose attention ForwardInput.Layers leaves out.", nameof(taps));
    }

    private static void Validate(IReadOnlyList<ResidualEdit> edits, ModelInfo info)
    {
        foreach (var edit in edits)
        {
            if (edit.Layer > info.LayerCount) throw new ArgumentOutOfRangeException(nameof(edits), edit.Layer, $"ForwardInput.Edits of this model takes layers 0 … {info.LayerCount}.");
            if (edit.Direction.Count != info.HiddenSize) throw new ArgumentException($"A direction of ForwardInput.Edits has {edit.Direction.Count} values; the hidden size is {info.HiddenSize}.", nameof(edits));
        }
    }

    private static void Validate(IReadOnlyList<int> layers, int first, int last, string option)
    {
        for (var i = 0; i < layers.Count; i++)
        {
            if (layers[i] < first || layers[i] > last)
                throw new ArgumentOutOfRangeException(option, layers[i], $"Taps.{option} of this model takes {first} … {last}.");
        }
    }
}
