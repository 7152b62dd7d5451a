using Decant.Connectors.Models;
using Decant.Connectors.Torch.Weights;
using Decant.Decoding;
using static TorchSharp.torch;

namespace Decant.Connectors.Torch.Forward;

/// <summary>Takes from a pass what its requests asked for: logits, hidden states, early exits and attention maps.</summary>
internal sealed class TapPass
{
    private readonly ChunkPlan _plan;
    private readonly int _hiddenSize;
    private readonly TorchWeights _weights;
    private readonly ResultWriter _writer;
    private readonly List<long> _logitsRows = [];
    private readonly List<(int Layer, bool Norm, Tensor Rows)> _exits = [];

    public TapPass(ChunkPlan plan, int hiddenSize, TorchWeights weights, ResultWriter writer)
    {
        (_plan, _hiddenSize, _weights, _writer) = (plan, hiddenSize, weights, writer);
        var row = 0;
        foreach (var part in plan.Parts)
        {
            var (first, count) = part.LogitsRows(Total(part));
            for (var i = 0; i < count; i++) _logitsRows.Add(row + first + i);
            row += part.Count;
        }
    }

    private ModelConfig Config => _weights.Config;

    /// <summary>Keeps what leaves after <paramref name="layer"/> (0: the embeddings). The stream itself goes on and is changed in place.</summary>
    public void AfterLayer(int layer, Tensor x)
    {
        var row = 0;
        foreach (var part in _plan.Parts)
        {
            if (part.Request.Input.Taps?.HiddenLayers.Contains(layer) == true)
                Give(part, ResultKind.Hidden, layer, x.narrow(0, row, part.Count).clone());
            row += part.Count;
        }

        foreach (var norm in (ReadOnlySpan<bool>)[true, false])
        {
            if (_logitsRows.Count > 0 && _plan.Parts.Any(part => Leaves(part, layer, norm)))
                _exits.Add((layer, norm, x.index_select(0, tensor(_logitsRows.ToArray(), device: x.device))));
        }
    }

    /// <summary>What takes a layer's attention weights, or null when nobody asked for them.</summary>
    public Action<RowGroup, Tensor>? Maps(int layer)
    {
        if (!_plan.Parts.Any(part => part.Request.Input.Taps?.AttentionLayers.Contains(layer) == true)) return null;
        return (group, attention) =>
        {
            for (var i = 0; i < group.Parts.Count; i++)
            {
                var part = group.Parts[i];
                if (part.Request.Input.Taps?.AttentionLayers.Contains(layer) != true) continue;
                // Row by row: a row's heads lie together.
                var offset = _writer.Add(attention[i].transpose(0, 1));
                _writer.Give(part.Request.Result!, new ResultBlock(ResultKind.Attention, layer, offset, part.Start, part.Count, Config.HeadCount * group.Reach));
            }
        };
    }

    /// <summary>Final norm, output head, and the transfer.</summary>
    public void Finish(Tensor x)
    {
        x = x.to(_weights.Devices[^1]);
        if (_plan.Parts.Any(part => part.Request.Input.Taps?.FinalHidden == true)) GiveFinalHidden(_weights.FinalNorm.Apply(x));
        if (_logitsRows.Count > 0)
        {
            var rows = _logitsRows.Count == _plan.RowCount ? x : x.index_select(0, tensor(_logitsRows.ToArray(), device: x.device));
            var logits = Head(_weights.FinalNorm.Apply(rows));
            GiveLogits(ResultKind.Logits, 0, logits, Config.VocabularySize);
            GiveLogits(ResultKind.ArgMax, 0, logits.argmax(-1, false), 1);
            foreach (var (layer, norm, kept) in _exits)
            {
                var exit = kept.to(x.device);
                GiveLogits(ResultKind.EarlyExit, layer, Head(norm ? _weights.FinalNorm.Apply(exit) : exit), Config.VocabularySize, part => Leaves(part, layer, norm));
            }
        }

        _writer.Send();
    }

    private static bool Leaves(RowPart part, int layer, bool norm) =>
        part.Request.Input.Taps is { } taps && taps.EarlyExitNorm == norm && taps.EarlyExitLayers.Contains(layer);

    private int Total(RowPart part) => part.Request.Rows(_hiddenSize);

    private Tensor Head(Tensor rows)
    {
        var logits = _weights.Head.Apply(rows).to(ScalarType.Float32);
        if (Config.LogitsMultiplier != 1) logits = logits.mul(KeptScalars.Of(Config.LogitsMultiplier));
        return TorchMath.Cap(logits, Config.FinalSoftcap);
    }

    private void GiveFinalHidden(Tensor rows)
    {
        var row = 0;
        foreach (var part in _plan.Parts)
        {
            if (part.Request.Input.Taps?.FinalHidden == true) Give(part, ResultKind.FinalHidden, 0, rows.narrow(0, row, part.Count));
            row += part.Count;
        }
    }

    private void Give(RowPart part, ResultKind kind, int layer, Tensor rows) =>
        _writer.Give(part.Request.Result!, new ResultBlock(kind, layer, _writer.Add(rows), part.Start, part.Count, _hiddenSize));

    private void GiveLogits(ResultKind kind, int layer, Tensor logits, int stride, Func<RowPart, bool>? wants = null)
    {
        var offset = _writer.Add(logits);
        foreach (var part in _plan.Parts)
        {
            var (first, count) = part.LogitsRows(Total(part));
            if (count == 0) continue;
            if (wants?.Invoke(part) != false)
            {
                var firstRow = part.Start + first - (Total(part) - part.Request.Input.LogitsCount(Total(part)));
                _writer.Give(part.Request.Result!, new ResultBlock(kind, layer, offset, firstRow, count, stride));
            }

            offset += (long)count * stride;
        }
    }
}
