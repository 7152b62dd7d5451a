using Decant.Connectors.Cpu.Kernels;
using Decant.Connectors.Cpu.Threading;
using Decant.Decoding;
using static Decant.Connectors.Cpu.CpuForwardResult;

namespace Decant.Connectors.Cpu.Forward;

/// <summary>
/// One pass of a chunk of rows through the model, run by a team in step: each member does its share of a stage, then all meet.
/// Knows nothing of queues, prompts or sampling. One instance serves one forward at a time.
/// </summary>
internal sealed unsafe class TransformerForward(CpuWeights weights, WorkerPool team) : ITeamWork, IDisposable
{
    private readonly RowPlan _plan = new(weights.Config.HiddenSize);
    private readonly Scratch _scratch = new(weights, team.Size);
    private readonly RotaryStage _rotary = new(weights);
    private readonly AttentionStage _attention = new(weights);
    private readonly HeadStage _head = new(weights);
    private IReadOnlyList<ForwardEntry> _entries = [];
    private LayerPlan? _layers;
    private bool _abandoned;

    private int Rows => _plan.Count;

    /// <summary>Runs entries with the same <see cref="ForwardInput.Layers"/>, whose sequences have grown and whose results are prepared. Stops early when every caller has cancelled.</summary>
    public void Run(IReadOnlyList<ForwardEntry> entries)
    {
        _entries = entries;
        _layers = entries[0].Input.Layers;
        _abandoned = false;
        int entry = 0, start = 0;
        while (!_abandoned && _plan.Next(entries, ref entry, ref start))
        {
            _scratch.Fit(Rows, _plan.LastPosition + 1);
            _rotary.Prepare(_plan);
            _head.Prepare(_plan, _scratch);
            team.Run(this);
        }

        _entries = [];
    }

    /// <inheritdoc/>
    public void Run(int member)
    {
        Embed(member);
        Edit(member, 0);
        KeepHidden(member, 0);
        // Every member has embedded its rows before one of them copies those of all.
        Meet();
        _head.KeepExit(_plan, _scratch, member, 0);
        var count = LayerPlan.Count(_layers, weights.Layers.Length);
        for (var first = 0; first < count;)
        {
            var end = LayerPlan.GroupEnd(_layers, first, count);
            if (!Attend(member, first, end)) return;
            for (; first < end; first++)
            {
                if (LayerPlan.Thinks(_layers, first + 1)) Think(member, first);
                FinishLayer(member, first + 1);
            }
        }

        KeepFinal(member);
        _head.Run(_plan, _scratch, team, member);
    }

    public void Dispose()
    {
        _scratch.Dispose();
        _rotary.Dispose();
        _head.Dispose();
    }

    private (int From, int To) Share(int count, int member) => team.Share(count, member);

    private void Meet() => team.Meet();

    private bool EveryoneLeft()
    {
        for (var i = 0; i < _entries.Count; i++)
        {
            if (!_entries[i].Cancellation.IsCancellationRequested) return false;
        }

        return true;
    }

    private void Embed(int member)
    {
        var config = weights.Config;
        var (from, to) = Share(Rows, member);
        for (var r = from; r < to; r++)
        {
            var row = _plan[r];
            var x = new Span<float>(_scratch.Residual + (long)r * _scratch.HiddenStride, config.HiddenSize);
            if (row.Entry.Input.Ids.IsEmpty)
            {
                row.Entry.Input.Embeddings.Span.Slice(row.Index * config.HiddenSize, config.HiddenSize).CopyTo(x);
            }
            else
            {
                weights.Embed(row.Entry.Input.Ids.Span[row.Index], x);
            }

            if (weights.Positions is { } positions)
            {
                var p = positions.Floats + (long)row.Position * config.HiddenSize;
                for (var i = 0; i < x.Length; i++) x[i] += p[i];
            }
        }
    }

    /// <summary>Runs the attention of a group's layers, which all read what enters the group. False when every caller has left.</summary>
    private bool Attend(int member, int first, int end)
    {
        var source = _scratch.Residual;
        if (end - first > 1)
        {
            source = _scratch.GroupInput;
            var (from, to) = Share(Rows, member);
            var offset = (long)from * _scratch.HiddenStride;
            var length = (to - from) * _scratch.HiddenStride;
            new ReadOnlySpan<float>(_scratch.Residual + offset, length).CopyTo(new(source + offset, length));
            Meet();
        }

        for (var layer = first; layer < end; layer++)
        {
            if (LayerPlan.Attends(_layers, layer + 1) && !Attend(member, layer, source)) return false;
        }

        return true;
    }

    private bool Attend(int member, int index, float* source)
    {
        if (member == 0) _abandoned = EveryoneLeft();
        var layer = weights.Layers[index];
        var input = Pack(member, source, _scratch.HiddenStride, layer.InputNorm, layer.Qkv);
        Multiply(member, layer.Qkv, input, _scratch.Qkv, _scratch.QkvStride, layer.QkvBias);
        Meet();
        // Read between two meetings, so that all members see the same.
        if (_abandoned) return false;
        if (layer.QueryNorm is { } norm && norm.Count != weights.Config.HeadSize)
        {
            var (from, to) = Share(Rows, member);
            RotaryStage.NormaliseProjections(layer, _scratch.Qkv, _scratch.QkvStride, from, to);
            Meet();
        }

        _rotary.Run(_plan, layer, index, _scratch.Qkv, _scratch.QkvStride, member, team.Size);
        Meet();
        _attention.Run(_plan, index, _scratch, member, team.Size);
        Meet();
        input = Pack(member, _scratch.Context, _scratch.ContextStride, null, layer.Output);
        Branch(member, layer.Output, input, layer.OutputBias, layer.PostAttentionNorm);
        return true;
    }

    private void Think(int member, int index)
    {
        var layer = weights.Layers[index];
        var input = Pack(member, _scratch.Residual, _scratch.HiddenStride, layer.PreMlpNorm, layer.GateUp);
        var panelsPerInner = weights.Config.Gated ? 2 : 1;
        var (from, to) = Share(layer.GateUp.PanelCount / panelsPerInner, member);
        layer.GateUp.Multiply(input, from * panelsPerInner, to * panelsPerInner, _scratch.GateUp, _scratch.GateUpStride, Bias(layer.UpBias));
        for (var r = 0; r < Rows; r++)
        {
            var inner = _scratch.Inner + (long)r * _scratch.InnerStride;
            Activations.Apply(weights.Config, _scratch.GateUp + (long)r * _scratch.GateUpStride, inner, from, to);
        }

        Meet();
        input = Pack(member, _scratch.Inner, _scratch.InnerStride, null, layer.Down);
        Branch(member, layer.Down, input, layer.DownBias, layer.PostMlpNorm);
    }

    /// <summary>Adds a sub-layer's output to the residual stream, through its own norm where the family has one.</summary>
    private void Branch(int member, PackedMatrix matrix, PackedActivations input, CpuVector? bias, CpuNorm? norm)
    {
        var scale = weights.Config.ResidualMultiplier;
        if (norm is null)
        {
            Multiply(member, matrix, input, _scratch.Residual, _scratch.HiddenStride, bias, add: true, scale);
            Meet();
            return;
        }

        Multiply(member, matrix, input, _scratch.Branch, _scratch.HiddenStride, bias);
        Meet();
        var y = _scratch.Temporary[member].Floats;
        var (from, to) = Share(Rows, member);
        for (var r = from; r < to; r++)
        {
            var branch = _scratch.Branch + (long)r * _scratch.HiddenStride;
            norm.Apply(branch, norm.Statistics(branch), y, 0, norm.Count);
            var x = _scratch.Residual + (long)r * _scratch.HiddenStride;
            for (var i = 0; i < norm.Count; i++) x[i] += scale * y[i];
        }

        Meet();
    }

    /// <summary>Edits and keeps the residual stream behind a layer.</summary>
    private void FinishLayer(int member, int layer)
    {
        // Where the whole layer was left out, a member may still be copying what lies before it.
        if (_layers is not null && _plan.IsEdited(layer)) Meet();
        Edit(member, layer);
        KeepHidden(member, layer);
        if (_plan.IsEdited(layer)) Meet();
        _head.KeepExit(_plan, _scratch, member, layer);
    }

    private void Edit(int member, int layer)
    {
        if (!_plan.IsEdited(layer)) return;
        var (from, to) = Share(Rows, member);
        for (var r = from; r < to; r++)
        {
            foreach (var edit in _plan[r].Entry.Input.Edits ?? [])
            {
                if (edit.Layer == layer) edit.Apply(new Span<float>(_scratch.Residual + (long)r * _scratch.HiddenStride, weights.Config.HiddenSize));
            }
        }
    }

    private void KeepHidden(int member, int layer)
    {
        var (from, to) = Share(Rows, member);
        for (var r = from; r < to; r++)
        {
            var row = _plan[r];
            Keep(TapKind.Hidden, layer, row, _scratch.Residual + (long)r * _scratch.HiddenStride);
        }
    }

    private void KeepFinal(int member)
    {
        var y = _scratch.Temporary[member].Floats;
        var (from, to) = Share(Rows, member);
        for (var r = from; r < to; r++)
        {
            var row = _plan[r];
            if (row.Entry.Input.Taps is not { FinalHidden: true }) continue;
            var x = _scratch.Residual + (long)r * _scratch.HiddenStride;
            weights.FinalNorm.Apply(x, weights.FinalNorm.Statistics(x), y, 0, weights.FinalNorm.Count);
            Keep(TapKind.FinalHidden, 0, row, y);
        }
    }

    private void Keep(TapKind kind, int layer, in ForwardRow row, float* source)
    {
        var tap = row.Entry.Input.Taps is null ? null : row.Entry.Result!.Tap(kind, layer, row.Index);
        if (tap is not null) new ReadOnlySpan<float>(source, weights.Config.HiddenSize).CopyTo(new(tap, weights.Config.HiddenSize));
    }

    private PackedActivations Pack(int member, float* source, int stride, CpuNorm? norm, PackedMatrix matrix) =>
        PackStage.Run(_scratch, team, member, new RowSource(source, stride, Rows), norm, matrix);

    private void Multiply(
        int member, PackedMatrix matrix, PackedActivations input, float* destination, int stride, CpuVector? bias, bool add = false, float scale = 1)
    {
        var (from, to) = Share(matrix.PanelCount, member);
        matrix.Multiply(input, from, to, destination, stride, Bias(bias, add, scale));
    }

    private static Epilogue Bias(CpuVector? bias, bool add = false, float scale = 1) => new(bias is null ? null : bias.Floats, add, scale);
}
