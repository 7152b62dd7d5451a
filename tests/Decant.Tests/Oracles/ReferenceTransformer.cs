using Decant.Connectors.Models;

namespace Decant.Tests.Oracles;

/// <summary>
/// A transformer as its definition reads, in float64, without cache, batches or tricks: every position is recomputed from the
/// embeddings up. Slow, and independent of the engines beyond the description they share.
/// </summary>
internal sealed class ReferenceTransformer(Checkpoint checkpoint)
{
    private readonly ModelConfig _config = checkpoint.Config;

    /// <summary>Residual stream after each layer (0 = embeddings) of the last run: [layer][position][dimension].</summary>
    public List<double[][]> Hidden { get; } = [];

    /// <summary>Attention weights of the last run: [layer][head][position][visible position].</summary>
    public List<double[][][]> Attention { get; } = [];

    /// <summary>Changes to the residual stream of every position.</summary>
    public IReadOnlyList<ResidualEdit> Edits { get; init; } = [];

    /// <summary>Which parts of the layers run.</summary>
    public LayerPlan Layers { get; init; } = new();

    /// <summary>Logits of every position.</summary>
    public double[][] Logits(int[] ids)
    {
        Hidden.Clear();
        Attention.Clear();
        var layout = checkpoint.Layout;
        var embedding = Matrix(layout.Embedding);
        var x = ids.Select(id => embedding[id].Select(v => v * _config.EmbeddingMultiplier).ToArray()).ToArray();
        if (layout.PositionEmbedding is { } positions)
        {
            var table = Matrix(positions);
            x = [.. x.Select((row, p) => Add(row, table[p]))];
        }

        Hidden.Add(x = Edit(x, 0));
        var last = Layers.ExitLayer ?? _config.LayerCount;
        for (var layer = 1; layer <= last;)
        {
            // The first and the last layer are never part of a group.
            List<int> group = [layer++];
            while (group[0] > 1 && group.Count < Layers.GroupSize && layer < last) group.Add(layer++);
            var input = x;
            foreach (var member in group.Except(Layers.SkipAttention)) x = Sum(x, Attended(input, member - 1));
            foreach (var member in group)
            {
                if (!Layers.SkipMlp.Contains(member)) x = Sum(x, Fed(x, member - 1));
                Hidden.Add(x = Edit(x, member));
            }
        }

        return EarlyExit(last);
    }

    /// <summary>Logits of every position of the last run, read off <paramref name="layer"/>.</summary>
    public double[][] EarlyExit(int layer, bool norm = true)
    {
        var head = Matrix(checkpoint.Layout.Head ?? checkpoint.Layout.Embedding);
        var rows = norm ? Normalise(Hidden[layer], checkpoint.Layout.FinalNorm) : Hidden[layer];
        return [.. rows.Select(row => Product(head, row).Select(v => Cap(v * _config.LogitsMultiplier, _config.FinalSoftcap)).ToArray())];
    }

    private double[][] Edit(double[][] x, int layer)
    {
        foreach (var edit in Edits.Where(edit => edit.Layer == layer))
            x = [.. x.Select(row => Add(row, Scale([.. edit.Direction.Select(value => (double)value)], (edit.Scale - 1) * row.Zip(edit.Direction, (a, b) => a * b).Sum())))];
        return x;
    }

    private double[][] Sum(double[][] x, double[][] branch) => [.. x.Zip(branch, (a, b) => Add(a, Scale(b, _config.ResidualMultiplier)))];

    private double[][] Attended(double[][] x, int layer)
    {
        var w = checkpoint.Layout.Layers[layer];
        return Normalise([.. Attend(Normalise(x, w.InputNorm), w, layer).Select(row => Linear(row, w.Output, w.OutputBias))], w.PostAttentionNorm);
    }

    private double[][] Fed(double[][] x, int layer)
    {
        var w = checkpoint.Layout.Layers[layer];
        var fed = Normalise(x, w.PreMlpNorm).Select(row =>
        {
            var up = Linear(row, w.Up, w.UpBias);
            var inner = w.Gate is null ? [.. up.Select(Activate)] : Linear(row, w.Gate, w.GateBias).Zip(up, (g, u) => Activate(g) * u).ToArray();
            return Linear(inner, w.Down, w.DownBias);
        }).ToArray();
        return Normalise(fed, w.PostMlpNorm);
    }

    private double[][] Attend(double[][] x, LayerWeights w, int layer)
    {
        var size = _config.HeadSize;
        var q = Heads([.. x.Select(row => Linear(row, w.Query, w.QueryBias))], w.QueryNorm, layer);
        var k = Heads([.. x.Select(row => Linear(row, w.Key, w.KeyBias))], w.KeyNorm, layer);
        var v = x.Select(row => Linear(row, w.Value, w.ValueBias)).ToArray();
        var output = x.Select(_ => new double[_config.HeadCount * size]).ToArray();
        Attention.Add([.. Enumerable.Range(0, _config.HeadCount).Select(_ => new double[x.Length][])]);
        for (var head = 0; head < _config.HeadCount; head++)
        {
            var kv = head / (_config.HeadCount / _config.KeyValueHeadCount);
            for (var p = 0; p < x.Length; p++)
            {
                var first = _config.IsSliding(layer) ? Math.Max(0, p - _config.SlidingWindow!.Value + 1) : 0;
                var weights = new double[p + 1];
                for (var s = first; s <= p; s++)
                {
                    var dot = 0.0;
                    for (var d = 0; d < size; d++) dot += q[p][head * size + d] * k[s][kv * size + d];
                    weights[s] = Math.Exp(Cap(dot * _config.AttentionScale, _config.AttentionSoftcap));
                }

                var sum = weights.Sum();
                for (var s = first; s <= p; s++)
                {
                    weights[s] /= sum;
                    for (var d = 0; d < size; d++) output[p][head * size + d] += weights[s] * v[s][kv * size + d];
                }

                Attention[^1][head][p] = weights;
            }
        }

        return output;
    }

    // Norm (of each head, or of the whole row where its length says so) and rotation by position.
    private double[][] Heads(double[][] rows, NormWeights? norm, int layer)
    {
        var size = _config.HeadSize;
        if (norm is not null && norm.Count != size) rows = Normalise(rows, norm);
        var rotary = _config.RotaryFor(layer);
        for (var p = 0; p < rows.Length; p++)
        {
            var frequencies = rotary?.InverseFrequencies(rotary.DependsOnLength ? p + 1 : _config.ContextLength);
            for (var start = 0; start < rows[p].Length; start += size)
            {
                if (norm is not null && norm.Count == size) Normalise([rows[p][start..(start + size)]], norm)[0].CopyTo(rows[p], start);
                for (var i = 0; i < (frequencies?.Length ?? 0); i++)
                {
                    var (sin, cos) = Math.SinCos(p * (double)frequencies![i]);
                    var (a, b) = (rows[p][start + i], rows[p][start + i + frequencies.Length]);
                    rows[p][start + i] = (a * cos - b * sin) * rotary!.Magnitude;
                    rows[p][start + i + frequencies.Length] = (b * cos + a * sin) * rotary.Magnitude;
                }
            }
        }

        return rows;
    }

    private double[][] Normalise(double[][] rows, NormWeights? norm)
    {
        if (norm is null) return rows;
        var weight = Vector(norm.Weight);
        var bias = norm.Bias is null ? null : Vector(norm.Bias);
        return [.. rows.Select(row =>
        {
            var mean = _config.Norm == NormKind.LayerNorm ? row.Average() : 0;
            var scale = 1 / Math.Sqrt(row.Average(v => (v - mean) * (v - mean)) + _config.NormEpsilon);
            return row.Select((v, i) => (v - mean) * scale * (weight[i] + (_config.NormAddsOne ? 1 : 0)) + (bias?[i] ?? 0)).ToArray();
        })];
    }

    private double Activate(double x) => _config.Activation switch
    {
        Activation.Silu => x / (1 + Math.Exp(-x)),
        Activation.GeluTanh => 0.5 * x * (1 + Math.Tanh(Math.Sqrt(2 / Math.PI) * (x + 0.044715 * x * x * x))),
        Activation.Gelu => 0.5 * x * (1 + Erf(x / Math.Sqrt(2))),
        _ => Math.Max(x, 0),
    };

    // Maclaurin series: exact to double precision for the arguments a tiny model produces.
    private static double Erf(double x)
    {
        double sum = x, term = x;
        for (var n = 1; n < 200; n++)
        {
            term *= -x * x / n;
            sum += term / (2 * n + 1);
        }

        return Math.Abs(x) > 5 ? Math.Sign(x) : 2 / Math.Sqrt(Math.PI) * sum;
    }

    private static double Cap(double x, float? cap) => cap is { } c ? c * Math.Tanh(x / c) : x;

    private double[] Linear(double[] x, WeightSlice slice, VectorSlice? bias)
    {
        var y = Product(Matrix(slice), x);
        if (bias is null) return y;
        var values = new float[bias.Count];
        checkpoint.Tensors.Get(bias.Tensor).CopyTo(values, bias.Start);
        return [.. y.Zip(values, (a, b) => a + b)];
    }

    private static double[] Product(double[][] matrix, double[] x) => [.. matrix.Select(row => row.Zip(x, (a, b) => a * b).Sum())];

    private static double[] Add(double[] a, double[] b) => [.. a.Zip(b, (x, y) => x + y)];

    private static double[] Scale(double[] a, double factor) => [.. a.Select(x => x * factor)];

    private double[][] Matrix(WeightSlice slice)
    {
        var tensor = checkpoint.Tensors.Get(slice.Tensor);
        var all = new float[tensor.Count];
        tensor.CopyTo(all);
        var stride = (int)tensor.Shape[1];
        return [.. Enumerable.Range(slice.RowStart, slice.Rows).Select(row => Enumerable.Range(0, slice.Columns)
            .Select(c => (double)(slice.Transposed ? all[c * stride + row] : all[row * stride + c])).ToArray())];
    }

    private double[] Vector(string name)
    {
        var tensor = checkpoint.Tensors.Get(name);
        var values = new float[tensor.Count];
        tensor.CopyTo(values);
        return [.. values.Select(v => (double)v)];
    }
}
