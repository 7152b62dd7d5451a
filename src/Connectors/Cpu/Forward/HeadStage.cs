using Decant.Connectors.Cpu.Kernels;
using Decant.Connectors.Cpu.Memory;
using Decant.Connectors.Cpu.Threading;
using static Decant.Connectors.Cpu.CpuForwardResult;

namespace Decant.Connectors.Cpu.Forward;

/// <summary>Final norm and output head for the rows that get logits, from the last layer and from any earlier one asked for.</summary>
internal sealed unsafe class HeadStage(CpuWeights weights) : IDisposable
{
    private readonly List<Exit> _exits = [];
    private readonly List<NativeBuffer> _snapshots = [];
    private ForwardEntry? _onlyEntry;

    /// <summary>Notes which layers' rows must be kept for early exits, and whether all logits belong to one entry.</summary>
    public void Prepare(RowPlan plan, Scratch scratch)
    {
        _exits.Clear();
        _onlyEntry = plan.LogitsRows.Count == 0 ? null : plan[plan.LogitsRows[0]].Entry;
        foreach (var index in plan.LogitsRows)
        {
            var entry = plan[index].Entry;
            if (!ReferenceEquals(entry, _onlyEntry)) _onlyEntry = null;
            if (entry.Input.Taps is not { } taps) continue;
            foreach (var layer in taps.EarlyExitLayers)
            {
                var exit = new Exit(layer, taps.EarlyExitNorm);
                if (!_exits.Contains(exit)) _exits.Add(exit);
            }
        }

        if (_onlyEntry is null) scratch.FitLogits(plan.LogitsRows.Count);
        var bytes = (long)plan.LogitsRows.Count * Stride * sizeof(float);
        for (var i = 0; i < _exits.Count; i++)
        {
            if (i == _snapshots.Count) _snapshots.Add(new NativeBuffer(bytes));
            if (_snapshots[i].Bytes >= bytes) continue;
            _snapshots[i].Dispose();
            _snapshots[i] = new NativeBuffer(bytes);
        }
    }

    private int Stride => weights.Config.HiddenSize;

    /// <summary>Copies the residual rows that will leave after <paramref name="layer"/>.</summary>
    public void KeepExit(RowPlan plan, Scratch scratch, int member, int layer)
    {
        if (member != 0) return;
        for (var exit = 0; exit < _exits.Count; exit++)
        {
            if (_exits[exit].Layer != layer) continue;
            for (var i = 0; i < plan.LogitsRows.Count; i++)
            {
                var source = scratch.Residual + (long)plan.LogitsRows[i] * scratch.HiddenStride;
                new ReadOnlySpan<float>(source, Stride).CopyTo(new(_snapshots[exit].Floats + (long)i * Stride, Stride));
            }
        }
    }

    public void Run(RowPlan plan, Scratch scratch, WorkerPool team, int member)
    {
        var count = plan.LogitsRows.Count;
        if (count == 0) return;
        Project(plan, scratch, team, member, new RowSource(scratch.Residual, scratch.HiddenStride, count, plan.LogitsRows), exit: null);
        for (var i = 0; i < _exits.Count; i++)
            Project(plan, scratch, team, member, new RowSource(_snapshots[i].Floats, Stride, count), _exits[i]);
    }

    public void Dispose()
    {
        foreach (var snapshot in _snapshots) snapshot.Dispose();
    }

    private void Project(RowPlan plan, Scratch scratch, WorkerPool team, int member, in RowSource rows, Exit? exit)
    {
        var direct = Target(plan[plan.LogitsRows[0]], exit);
        var destination = _onlyEntry is not null ? direct : scratch.Logits;
        var input = PackStage.Run(scratch, team, member, rows, exit is { Norm: false } ? null : weights.FinalNorm, weights.Head);
        var (from, to) = team.Share(weights.Head.PanelCount, member);
        weights.Head.Multiply(input, from, to, destination, scratch.LogitsStride, new Epilogue(null, Scale: weights.Config.LogitsMultiplier));
        if (weights.Config.FinalSoftcap is { } cap)
        {
            for (var i = 0; i < rows.Count; i++)
                VectorMath.Softcap(destination + (long)i * scratch.LogitsStride + from * PackedMatrix.PanelRows, (to - from) * PackedMatrix.PanelRows, cap);
        }

        team.Meet();
        if (_onlyEntry is not null) return;
        (from, to) = team.Share(rows.Count, member);
        for (var i = from; i < to; i++)
        {
            var target = Target(plan[plan.LogitsRows[i]], exit);
            if (target is null) continue;
            new ReadOnlySpan<float>(destination + (long)i * scratch.LogitsStride, scratch.LogitsStride).CopyTo(new(target, scratch.LogitsStride));
        }

        team.Meet();
    }

    // Null for an entry that did not ask for this early exit (another one of the batch did).
    private static float* Target(in ForwardRow row, Exit? exit)
    {
        if (exit is not { } early) return row.Entry.Result!.LogitsRow(row.LogitsRow);
        return row.Entry.Input.Taps?.EarlyExitNorm == early.Norm ? row.Entry.Result!.Tap(TapKind.EarlyExit, early.Layer, row.LogitsRow) : null;
    }

    private readonly record struct Exit(int Layer, bool Norm);
}
