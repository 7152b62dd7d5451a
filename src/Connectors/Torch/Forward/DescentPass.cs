using Decant.Connectors.Models;
using Decant.Connectors.Torch.Memory;
using Decant.Connectors.Torch.Weights;
using Decant.Decoding;
using TorchSharp;
using static TorchSharp.torch;
using static TorchSharp.torch.nn;

namespace Decant.Connectors.Torch.Forward;

/// <summary>A differentiable forward of a few rows over cached keys and values, and gradient steps on these. For float32 weights on one device. Everything happens inside one synchronous call.</summary>
internal sealed class DescentPass(TorchWeights weights, KvCache cache, int context) : IDisposable
{
    private readonly Lock _gate = new();
    private readonly AttentionPass _attention = new(weights, cache);
    private readonly RotaryCache _rotary = new(weights.Config, context, weights.DType, weights.Devices[0]);

    private ModelConfig Config => weights.Config;

    private Device Device => weights.Devices[0];

    /// <param name="descent">The tokens, the loss and the steps.</param>
    /// <param name="slots">Where in the cache the sequence's rows lie.</param>
    /// <param name="cancellationToken">Observed between steps.</param>
    public CacheDescentResult Run(CacheDescent descent, long[] slots, CancellationToken cancellationToken)
    {
        CacheDescentResult? result = null;
        Tensor[] moved = [];
        try
        {
            lock (_gate) cache.Differentiate(() => (result, moved) = Descend(descent, slots, cancellationToken));
            if (descent.Keep)
            {
                cache.Use(() =>
                {
                    for (var layer = 0; layer < Config.LayerCount; layer++) cache.Write(layer, slots, moved[2 * layer], moved[(2 * layer) + 1]);
                });
            }
        }
        finally
        {
            foreach (var tensor in moved) tensor.Dispose();
        }

        return result!;
    }

    public void Dispose() => _rotary.Dispose();

    private (CacheDescentResult Result, Tensor[] Moved) Descend(CacheDescent descent, long[] slots, CancellationToken cancellationToken)
    {
        var index = tensor(slots, device: Device);
        Tensor[] past = [.. Enumerable.Range(0, Config.LayerCount).SelectMany(layer => (Tensor[])[cache.Layer(layer).Keys, cache.Layer(layer).Values])
            .Select(rows => rows.index_select(0, index).detach().requires_grad_(true))];
        using var moves = new CacheMoves(past, descent.StepSize, descent.Gamma);
        List<double> losses = [];
        Tensor? before = null;
        while (true)
        {
            cancellationToken.ThrowIfCancellationRequested();
            using var scope = NewDisposeScope();
            var states = States(descent.Ids.Span, past, slots.Length);
            var logits = Logits(states);
            before ??= Last(logits).log_softmax(-1).detach().MoveToOuterDisposeScope();
            var loss = Loss(descent, states, logits, before);
            losses.Add(loss.item<float>());
            if (losses.Count > descent.Steps)
            {
                float[] row = [.. Last(logits).detach().cpu().contiguous().data<float>()];
                return (new CacheDescentResult(losses, row), [.. past.Select(value => value.detach().DetachFromDisposeScope())]);
            }

            moves.Move(autograd.grad([loss], past));
        }
    }

    private static Tensor Last(Tensor logits) => logits.select(0, logits.shape[0] - 1);

    private Tensor Loss(CacheDescent descent, Tensor states, Tensor logits, Tensor before)
    {
        if (descent is { Words.Count: 0, Head: null })
        {
            long[] next = [.. descent.Ids.Span[1..]];
            return functional.cross_entropy(logits.narrow(0, 0, next.Length), tensor(next, device: Device));
        }

        var logs = Last(logits).log_softmax(-1);
        Tensor? loss = null;
        if (descent.Words.Count > 0) loss = logs.index_select(0, Words(descent)).logsumexp(0).neg();
        if (descent.Head is { } head) loss = Unlikelihood(head, Last(states)) is var more && loss is not null ? loss + more : more;
        using var scale = descent.KlScale.ToScalar();
        return descent.KlScale == 0 ? loss! : loss!.add((logs.exp() * logs.sub(before)).sum(), scale);
    }

    // −ln σ of the head's logit.
    private Tensor Unlikelihood(LinearHead head, Tensor state)
    {
        double[] values = [.. head.Weights];
        return functional.softplus((tensor(values, dtype: weights.DType, device: Device) * state).sum().add(KeptScalars.Of(head.Bias)).neg());
    }

    private Tensor Words(CacheDescent descent)
    {
        long[] words = [.. descent.Words];
        return tensor(words, device: Device);
    }

    private Tensor Logits(Tensor states)
    {
        var logits = weights.Head.Apply(states);
        if (Config.LogitsMultiplier != 1) logits = logits.mul(KeptScalars.Of(Config.LogitsMultiplier));
        return TorchMath.Cap(logits, Config.FinalSoftcap);
    }

    /// <summary>Final hidden states of rows behind the cached ones, [rows, hidden size].</summary>
    private Tensor States(ReadOnlySpan<int> ids, Tensor[] past, int length)
    {
        long[] wide = [.. ids];
        var place = new PlaceRows(length, wide.Length, Device, _rotary);
        var x = weights.Embedding.index_select(0, tensor(wide, device: Device));
        if (Config.EmbeddingMultiplier != 1) x = x.mul(KeptScalars.Of(Config.EmbeddingMultiplier));
        if (weights.Positions is { } positions) x = x.add(positions.index_select(0, place.Positions), KeptScalars.One);
        for (var i = 0; i < Config.LayerCount; i++)
        {
            var layer = weights.Layer(i);
            x = Add(x, layer.Output.Apply(Attend(layer.Qkv.Apply(layer.InputNorm?.Apply(x) ?? x), layer, place, i, past[2 * i], past[(2 * i) + 1])), layer.PostAttentionNorm);
            x = Add(x, layer.Down.Apply(Inner(layer.GateUp.Apply(layer.PreMlpNorm?.Apply(x) ?? x))), layer.PostMlpNorm);
        }

        return weights.FinalNorm.Apply(x);
    }

    private Tensor Attend(Tensor projections, TorchLayer layer, PlaceRows place, int index, Tensor pastKeys, Tensor pastValues)
    {
        var (query, key) = _attention.Turn(projections, layer, place, Config.RotaryFor(index));
        var heads = Config.HeadCount + Config.KeyValueHeadCount;
        var value = projections.narrow(1, heads * Config.HeadSize, Config.KeyValueHeadCount * Config.HeadSize).view(-1, Config.KeyValueHeadCount, Config.HeadSize);
        var (rows, reach) = ((int)query.shape[0], (int)(pastKeys.shape[0] + key.shape[0]));
        var mask = TorchMath.CausalMask(reach, Config.IsSliding(index) ? Config.SlidingWindow : null, weights.DType, Device).narrow(0, reach - rows, rows);
        var repeat = Config.HeadCount / Config.KeyValueHeadCount;
        var (output, _) = TorchMath.ExplicitAttention(Heads(query, 1), Heads(cat([pastKeys, key], 0), repeat), Heads(cat([pastValues, value], 0), repeat), mask, Config);
        return output.squeeze(0).transpose(0, 1).reshape(rows, -1);
    }

    // [rows, heads, head size] to [1, heads, rows, head size].
    private static Tensor Heads(Tensor rows, int repeat) => (repeat == 1 ? rows : rows.repeat_interleave(repeat, 1)).transpose(0, 1).unsqueeze(0);

    private Tensor Inner(Tensor projections) => !Config.Gated
        ? TorchMath.Activate(projections, Config.Activation)
        : TorchMath.Activate(projections.narrow(1, 0, Config.IntermediateSize), Config.Activation) * projections.narrow(1, Config.IntermediateSize, Config.IntermediateSize);

    private Tensor Add(Tensor x, Tensor branch, TorchNorm? norm) => x.add(norm?.Apply(branch) ?? branch, KeptScalars.Of(Config.ResidualMultiplier));
}
