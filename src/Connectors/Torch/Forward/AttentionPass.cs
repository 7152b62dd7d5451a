using Decant.Connectors.Models;
using Decant.Connectors.Torch.Memory;
using Decant.Connectors.Torch.Weights;
using static TorchSharp.torch;
using static TorchSharp.torch.nn;

namespace Decant.Connectors.Torch.Forward;

/// <summary>One layer's attention for a chunk: norms and rotation of queries and keys, writing the cache, and one call per group of parts.</summary>
internal sealed class AttentionPass(TorchWeights weights, KvCache cache)
{
    private ModelConfig Config => weights.Config;

    private int Groups => Config.HeadCount / Config.KeyValueHeadCount;

    /// <param name="plan">The chunk.</param>
    /// <param name="place">Its rows on the layer's device.</param>
    /// <param name="index">The layer, from 0.</param>
    /// <param name="projections">Queries, keys and values of every row, [rows, (heads + 2 · key heads) · head size].</param>
    /// <param name="maps">Told a group's attention weights [parts, heads, rows, reach], or null when nobody asked.</param>
    /// <returns>[rows, heads · head size].</returns>
    public Tensor Run(ChunkPlan plan, PlaceRows place, int index, Tensor projections, Action<RowGroup, Tensor>? maps)
    {
        var layer = weights.Layer(index);
        var (query, key) = Turn(projections, layer, place, Config.RotaryFor(index));
        var heads = Config.HeadCount + Config.KeyValueHeadCount;
        var value = projections.narrow(1, heads * Config.HeadSize, Config.KeyValueHeadCount * Config.HeadSize).view(-1, Config.KeyValueHeadCount, Config.HeadSize);
        var (keys, values) = cache.Layer(index);
        keys.index_copy_(0, place.Slots, key);
        values.index_copy_(0, place.Slots, value);

        var outputs = new List<Tensor>(plan.Groups.Count);
        foreach (var group in plan.Groups)
        {
            var (q, k, v) = (Part(query, group), Part(key, group), Part(value, group));
            int? window = Config.IsSliding(index) ? Config.SlidingWindow : null;
            outputs.Add(maps is null && Config.AttentionSoftcap is null && group.IsWholePrompt(window)
                ? WholePrompt(q, k, v)
                : Cached(group, layer.Place, q, group.Gather(keys, layer.Place), group.Gather(values, layer.Place), window, maps));
        }

        return outputs.Count == 1 ? outputs[0] : cat(outputs, 0);
    }

    private static Tensor Part(Tensor rows, RowGroup group) => rows.narrow(0, group.FirstRow, group.RowCount);

    /// <summary>The queries and keys of every row, normalised and rotated: [rows, heads, head size].</summary>
    public (Tensor Query, Tensor Key) Turn(Tensor projections, TorchLayer layer, PlaceRows place, RotarySettings? rotary)
    {
        var (heads, keyHeads, size) = (Config.HeadCount, Config.KeyValueHeadCount, Config.HeadSize);
        if (layer.QueryNorm is null)
        {
            // Queries and keys lie side by side: turned together.
            var both = projections.narrow(1, 0, (heads + keyHeads) * size).view(-1, heads + keyHeads, size);
            if (rotary is not null) both = Rotate(both, place, rotary);
            return (both.narrow(1, 0, heads), both.narrow(1, heads, keyHeads));
        }

        var query = Normalise(projections.narrow(1, 0, heads * size), layer.QueryNorm, heads);
        var key = Normalise(projections.narrow(1, heads * size, keyHeads * size), layer.KeyNorm!, keyHeads);
        return rotary is null ? (query, key) : (Rotate(query, place, rotary), Rotate(key, place, rotary));
    }

    private Tensor Normalise(Tensor rows, TorchNorm norm, int heads) => norm.Count == Config.HeadSize
        ? norm.Apply(rows.view(-1, heads, Config.HeadSize))
        : norm.Apply(rows).view(-1, heads, Config.HeadSize);

    private static Tensor Rotate(Tensor heads, PlaceRows place, RotarySettings rotary)
    {
        var (cosine, sine) = place.Angles(rotary);
        return TorchMath.Rotate(heads, cosine, sine, rotary.Dimensions);
    }

    private Tensor WholePrompt(Tensor query, Tensor key, Tensor value)
    {
        Tensor Heads(Tensor rows, int repeat) => (repeat == 1 ? rows : rows.repeat_interleave(repeat, 1)).transpose(0, 1).unsqueeze(0);
        var output = functional.scaled_dot_product_attention(Scale(Heads(query, 1)), Heads(key, Groups), Heads(value, Groups), is_casual: true);
        return output.squeeze(0).transpose(0, 1).reshape(-1, Config.HeadCount * Config.HeadSize);
    }

    private Tensor Cached(RowGroup group, int place, Tensor query, Tensor keys, Tensor values, int? window, Action<RowGroup, Tensor>? maps)
    {
        // Query heads that share a key head become rows of it: keys and values are read once, and never copied per head.
        long parts = group.Parts.Count, rows = group.RowsPerPart;
        var q = query.view(parts, rows, Config.KeyValueHeadCount, Groups, Config.HeadSize).permute(0, 2, 3, 1, 4)
            .reshape(parts, Config.KeyValueHeadCount, Groups * rows, Config.HeadSize);
        var mask = group.Mask(place, query.device, Config, window, weights.DType);
        Tensor output;
        if (maps is null && Config.AttentionSoftcap is null)
        {
            output = functional.scaled_dot_product_attention(Scale(q), keys, values, mask!);
        }
        else
        {
            (output, var attention) = TorchMath.ExplicitAttention(q, keys, values, mask, Config);
            maps?.Invoke(group, attention.reshape(parts, Config.HeadCount, rows, group.Reach));
        }

        return output.view(parts, Config.KeyValueHeadCount, Groups, rows, Config.HeadSize).permute(0, 3, 1, 2, 4).reshape(parts * rows, Config.HeadCount * Config.HeadSize);
    }

    // The fused function scales by 1 / √(head size).
    private Tensor Scale(Tensor query)
    {
        var scale = Config.AttentionScale * Math.Sqrt(Config.HeadSize);
        return Math.Abs(scale - 1) < 1e-6 ? query : query.mul(KeptScalars.Of(scale));
    }
}
