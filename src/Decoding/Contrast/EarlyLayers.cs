namespace Decant.Decoding;

/// <summary>Checks the layers that a strategy reads logits off.</summary>
internal static class EarlyLayers
{
    /// <exception cref="NotSupportedException">The model gives no early exits.</exception>
    /// <exception cref="ArgumentException">The model has no such layers.</exception>
    public static ValueList<int> Of(ContrastOptions options, ValueList<int> layers, string member, ModelInfo model)
    {
        if (!model.Capabilities.HasFlag(ModelCapabilities.EarlyExit)) throw new NotSupportedException($"{options.Kind}: the model {model.Name} gives no logits of its inner layers.");
        if (layers.Count == 0) throw new ArgumentException($"{options.Kind}: a model of {model.LayerCount} layers has none in that half. Name them in {member}.");
        foreach (var layer in layers)
        {
            if (layer < 0 || layer >= model.LayerCount)
                throw new ArgumentException($"{options.Kind}: {member} has {layer}, but {model.Name} has the inner layers 0 (the embeddings) to {model.LayerCount - 1}; {model.LayerCount} is the last one itself.");
        }

        return layers;
    }
}
