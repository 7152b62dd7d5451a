using Decant.Connectors.Engines;
using Decant.Connectors.Models;
using Decant.Connectors.Torch.Memory;
using Decant.Connectors.Torch.Weights;
using Decant.Decoding;
using static TorchSharp.torch;

namespace Decant.Connectors.Torch.Forward;

/// <summary>
/// Runs batches through the model: everything on tensors happens inside one synchronous call and one dispose scope. Knows nothing of queues,
/// prompts or sampling. One instance serves one forward at a time.
/// </summary>
internal sealed class ForwardPass : IDisposable
{
    private readonly TorchWeights _weights;
    private readonly KvCache _cache;
    private readonly AttentionPass _attention;
    private readonly RotaryCache[] _rotary;
    private readonly HostRowsPool _hostRows;
    private readonly int _chunkRows;

    public ForwardPass(TorchWeights weights, KvCache cache, int context)
    {
        (_weights, _cache, _attention) = (weights, cache, new AttentionPass(weights, cache));
        _rotary = [.. weights.Devices.Select(device => new RotaryCache(weights.Config, context, weights.DType, device))];
        var onCuda = weights.Devices[^1].type == TorchSharp.DeviceType.CUDA;
        _hostRows = new HostRowsPool(onCuda);
        // Enough rows to be bound by arithmetic; few enough that cancellation is noticed and activations stay small.
        _chunkRows = onCuda ? 2048 : 512;
    }

    private ModelConfig Config => _weights.Config;

    /// <summary>Runs requests with the same <see cref="ForwardInput.Layers"/>, whose sequences have grown and whose results are prepared. Stops between passes when every caller has cancelled.</summary>
    public void Run(IReadOnlyList<ForwardRequest> requests)
    {
        foreach (var plan in ChunkPlan.Cut(requests, Config.HiddenSize, _chunkRows))
        {
            _cache.Use(() => Run(plan));
            if (requests.All(request => request.Cancellation.IsCancellationRequested)) return;
        }
    }

    /// <summary>Writes what tokens enter the first layer with, learned positions aside. Reads weights only, so it may run beside a forward.</summary>
    public void Embed(ReadOnlySpan<int> ids, Span<float> destination)
    {
        using var mode = inference_mode(true);
        using var scope = NewDisposeScope();
        long[] wide = [.. ids];
        Lookup(wide).to(ScalarType.Float32, CPU).contiguous().data<float>().CopyTo(destination);
    }

    public void Dispose()
    {
        foreach (var rotary in _rotary) rotary.Dispose();
        _hostRows.Dispose();
    }

    private void Run(ChunkPlan plan)
    {
        PlaceRows[] places = [.. _weights.Devices.Select((device, i) => new PlaceRows(plan, device, _rotary[i]))];
        var taps = new TapPass(plan, Config.HiddenSize, _weights, new ResultWriter(_hostRows, _weights.Devices[^1]));
        var x = Embed(plan, places[0]);
        Edit(plan, 0, x);
        taps.AfterLayer(0, x);
        var layers = plan.Parts[0].Request.Input.Layers;
        var count = LayerPlan.Count(layers, Config.LayerCount);
        for (var first = 0; first < count;)
        {
            var end = LayerPlan.GroupEnd(layers, first, count);
            x = Attend(x, first, end, plan, places, taps);
            for (; first < end; first++)
            {
                var layer = _weights.Layer(first);
                x = x.to(_weights.Devices[layer.Place]);
                if (LayerPlan.Thinks(layers, first + 1)) Add(x, layer.Down, Inner(layer.GateUp.Apply(layer.PreMlpNorm?.Apply(x) ?? x)), layer.PostMlpNorm);
                Edit(plan, first + 1, x);
                taps.AfterLayer(first + 1, x);
            }
        }

        taps.Finish(x);
    }

    /// <summary>Runs the attention of a group's layers, which all read what enters the group.</summary>
    private Tensor Attend(Tensor x, int first, int end, ChunkPlan plan, PlaceRows[] places, TapPass taps)
    {
        // The stream is changed in place.
        var source = end - first > 1 ? x.clone() : x;
        for (var i = first; i < end; i++)
        {
            if (!LayerPlan.Attends(plan.Parts[0].Request.Input.Layers, i + 1)) continue;
            var layer = _weights.Layer(i);
            x = x.to(_weights.Devices[layer.Place]);
            var input = end - first > 1 ? source.to(x.device) : x;
            var projections = layer.Qkv.Apply(layer.InputNorm?.Apply(input) ?? input);
            Add(x, layer.Output, _attention.Run(plan, places[layer.Place], i, projections, taps.Maps(i + 1)), layer.PostAttentionNorm);
        }

        return x;
    }

    private Tensor Embed(ChunkPlan plan, PlaceRows place)
    {
        var pieces = new List<Tensor>();
        var ids = new List<long>();
        void Flush()
        {
            if (ids.Count == 0) return;
            pieces.Add(Lookup([.. ids]));
            ids.Clear();
        }

        foreach (var part in plan.Parts)
        {
            var input = part.Request.Input;
            if (!input.Ids.IsEmpty)
            {
                foreach (var id in input.Ids.Span.Slice(part.Start, part.Count)) ids.Add(id);
                continue;
            }

            Flush();
            var values = input.Embeddings.Span.Slice(part.Start * Config.HiddenSize, part.Count * Config.HiddenSize).ToArray();
            pieces.Add(tensor(values, [part.Count, Config.HiddenSize]).to(_weights.DType, _weights.Devices[0]));
        }

        Flush();
        var x = pieces.Count == 1 ? pieces[0] : cat(pieces, 0);
        return _weights.Positions is { } positions ? x.add(positions.index_select(0, place.Positions), KeptScalars.One) : x;
    }

    private Tensor Lookup(long[] ids)
    {
        var rows = _weights.Embedding.index_select(0, tensor(ids, device: _weights.Devices[0]));
        return Config.EmbeddingMultiplier == 1 ? rows : rows.mul(KeptScalars.Of(Config.EmbeddingMultiplier));
    }

    /// <summary>Applies the edits of the requests that have some, in float32.</summary>
    private static void Edit(ChunkPlan plan, int layer, Tensor x)
    {
        var row = 0;
        foreach (var part in plan.Parts)
        {
            foreach (var edit in part.Request.Input.Edits ?? [])
            {
                if (edit.Layer != layer || edit.Scale == 1) continue;
                var rows = x.narrow(0, row, part.Count);
                float[] direction = [.. edit.Direction], change = [.. edit.Direction.Select(value => (edit.Scale - 1) * value)];
                var component = rows.to(ScalarType.Float32).matmul(tensor(direction, device: x.device));
                rows.add_(component.outer(tensor(change, device: x.device)).to(x.dtype), KeptScalars.One);
            }

            row += part.Count;
        }
    }

    private Tensor Inner(Tensor projections)
    {
        if (!Config.Gated) return TorchMath.Activate(projections, Config.Activation);
        return TorchMath.Activate(projections.narrow(1, 0, Config.IntermediateSize), Config.Activation)
            .mul_(projections.narrow(1, Config.IntermediateSize, Config.IntermediateSize));
    }

    /// <summary>Adds a sub-layer's output to the residual stream, through its own norm where the family has one.</summary>
    private void Add(Tensor x, TorchLinear matrix, Tensor input, TorchNorm? norm)
    {
        if (norm is null) matrix.AddTo(x, input, Config.ResidualMultiplier);
        else x.add_(norm.Apply(matrix.Apply(input)), KeptScalars.Of(Config.ResidualMultiplier));
    }
}
