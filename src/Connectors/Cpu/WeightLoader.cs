using Decant.Connectors.Cpu.Kernels;
using Decant.Connectors.Cpu.Memory;
using Decant.Connectors.Models;

namespace Decant.Connectors.Cpu;

/// <summary>Packs a checkpoint's tensors, panel by panel, on all processors. Knows where weights go, not what they are called.</summary>
internal sealed class WeightLoader(Checkpoint checkpoint, CpuModelOptions options, NativeArena arena, IProgress<double>? progress, CancellationToken cancellationToken)
{
    private readonly CheckpointLayout _layout = checkpoint.Layout;
    private readonly ModelConfig _config = checkpoint.Config;
    private readonly WeightFormat _format = Resolve(options.Weights, checkpoint);
    private long _packed;
    private long _total;

    /// <summary>Fills <paramref name="weights"/>; the caller disposes it when this throws.</summary>
    public void Load(CpuWeights weights)
    {
        _total = TotalValues();
        weights.Embedding = Matrix([_layout.Embedding]);
        weights.Head = _layout.Head is { } head ? Matrix([head]) : weights.Embedding;
        if (_layout.PositionEmbedding is { } positions) weights.Positions = Table(positions);
        weights.FinalNorm = Norm(_layout.FinalNorm)!;
        for (var i = 0; i < weights.Layers.Length; i++) weights.Layers[i] = Layer(i);
        progress?.Report(1);
    }

    private static WeightFormat Resolve(WeightFormat wanted, Checkpoint checkpoint)
    {
        if (wanted != WeightFormat.Auto) return wanted;
        return checkpoint.Tensors.Get(checkpoint.Layout.Embedding.Tensor).Type == ElementType.BF16 ? WeightFormat.BFloat16 : WeightFormat.Float32;
    }

    private CpuLayer Layer(int i)
    {
        var l = _layout.Layers[i];
        return new CpuLayer
        {
            Qkv = Matrix([l.Query, l.Key, l.Value]),
            QkvBias = Bias([l.QueryBias, l.KeyBias, l.ValueBias], [l.Query.Rows, l.Key.Rows, l.Value.Rows]),
            Output = Matrix([l.Output]),
            OutputBias = Bias([l.OutputBias], [l.Output.Rows]),
            GateUp = l.Gate is { } gate ? Alternating(gate, l.Up) : Matrix([l.Up]),
            UpBias = l.Gate is null ? Bias([l.UpBias], [l.Up.Rows]) : AlternatingBias(l.GateBias, l.UpBias, l.Up.Rows),
            Down = Matrix([l.Down]),
            DownBias = Bias([l.DownBias], [l.Down.Rows]),
            InputNorm = Norm(l.InputNorm),
            PostAttentionNorm = Norm(l.PostAttentionNorm),
            PreMlpNorm = Norm(l.PreMlpNorm),
            PostMlpNorm = Norm(l.PostMlpNorm),
            QueryNorm = Norm(l.QueryNorm),
            KeyNorm = Norm(l.KeyNorm),
        };
    }

    /// <summary>Stacks slices below each other.</summary>
    private PackedMatrix Matrix(WeightSlice[] slices)
    {
        var matrix = PackedMatrix.Create(_format, slices.Sum(slice => slice.Rows), slices[0].Columns, options.Int8GroupSize, arena);
        Pack(matrix, row =>
        {
            var part = 0;
            while (row >= slices[part].Rows) row -= slices[part++].Rows;
            return (slices[part], row);
        });
        return matrix;
    }

    /// <summary>Lets panels of two slices alternate; a last panel that is not full is padded with zero rows.</summary>
    private PackedMatrix Alternating(WeightSlice first, WeightSlice second)
    {
        const int Panel = PackedMatrix.PanelRows;
        var panels = (first.Rows + Panel - 1) / Panel;
        var matrix = PackedMatrix.Create(_format, 2 * panels * Panel, first.Columns, options.Int8GroupSize, arena);
        Pack(matrix, row =>
        {
            var panel = row / Panel;
            var source = panel / 2 * Panel + row % Panel;
            if (source >= first.Rows) return null;
            return (panel % 2 == 0 ? first : second, source);
        });
        return matrix;
    }

    private void Pack(PackedMatrix matrix, Func<int, (WeightSlice Slice, int Row)?> source)
    {
        var parallel = new ParallelOptions { CancellationToken = cancellationToken };
        Parallel.For(0, matrix.PanelCount, parallel, () => new float[matrix.Columns], (panel, _, values) =>
        {
            var end = Math.Min((panel + 1) * PackedMatrix.PanelRows, matrix.Rows);
            for (var row = panel * PackedMatrix.PanelRows; row < end; row++)
            {
                if (source(row) is not { } from) continue;
                checkpoint.CopyRow(from.Slice, from.Row, values);
                matrix.PackRow(row, values);
            }

            Report((long)PackedMatrix.PanelRows * matrix.Columns);
            return values;
        }, _ => { });
    }

    private void Report(long values)
    {
        var packed = Interlocked.Add(ref _packed, values);
        progress?.Report(Math.Min(1, packed / (double)_total));
    }

    private CpuVector Table(WeightSlice slice)
    {
        var table = new CpuVector(slice.Rows * slice.Columns);
        for (var row = 0; row < slice.Rows; row++) checkpoint.CopyRow(slice, row, table.Span.Slice(row * slice.Columns, slice.Columns));
        return table;
    }

    private CpuVector? Bias(VectorSlice?[] slices, int[] rows)
    {
        if (slices.All(slice => slice is null)) return null;
        var vector = new CpuVector(rows.Sum());
        var start = 0;
        for (var i = 0; i < slices.Length; start += rows[i++])
        {
            if (slices[i] is { } slice) checkpoint.Tensors.Get(slice.Tensor).CopyTo(vector.Span.Slice(start, rows[i]), slice.Start);
        }

        return vector;
    }

    private CpuVector? AlternatingBias(VectorSlice? first, VectorSlice? second, int rows)
    {
        if (first is null && second is null) return null;
        const int Panel = PackedMatrix.PanelRows;
        var result = new CpuVector((rows + Panel - 1) / Panel * 2 * Panel);
        var values = new float[rows];
        foreach (var (slice, offset) in ((VectorSlice?, int)[])[(first, 0), (second, Panel)])
        {
            if (slice is not { } from) continue;
            checkpoint.Tensors.Get(from.Tensor).CopyTo(values, from.Start);
            for (var r = 0; r < rows; r++) result.Span[r / Panel * 2 * Panel + offset + r % Panel] = values[r];
        }

        return result;
    }

    private CpuNorm? Norm(NormWeights? names)
    {
        if (names is null) return null;
        var weight = Vector(names.Weight);
        if (_config.NormAddsOne)
        {
            foreach (ref var value in weight.Span) value += 1;
        }

        return new CpuNorm(weight, names.Bias is null ? null : Vector(names.Bias), _config.Norm == NormKind.LayerNorm, _config.NormEpsilon);
    }

    private CpuVector Vector(string name)
    {
        var tensor = checkpoint.Tensors.Get(name);
        var vector = new CpuVector((int)tensor.Count);
        tensor.CopyTo(vector.Span);
        return vector;
    }

    private long TotalValues() =>
        _layout.Slices().Sum(slice => (long)slice.Rows * slice.Columns);
}
