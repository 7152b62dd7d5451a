using System.Runtime.Intrinsics;
using Decant.Connectors.Cpu.Kernels;
using Decant.Connectors.Cpu.Memory;
using Decant.Connectors.Models;

namespace Decant.Connectors.Cpu.Forward;

/// <summary>Query and key norms, rotary embedding, and writing keys and values to their pages.</summary>
internal sealed unsafe class RotaryStage : IDisposable
{
    private readonly CpuWeights _weights;
    private readonly List<RotarySettings> _kinds = [];
    private readonly int[] _kindOfLayer;
    private NativeBuffer _table = new(0);
    private int _rows;

    public RotaryStage(CpuWeights weights)
    {
        _weights = weights;
        var perLayer = Enumerable.Range(0, weights.Config.LayerCount).Select(weights.Config.RotaryFor).ToArray();
        foreach (var rotary in perLayer)
        {
            if (rotary is not null && !_kinds.Contains(rotary)) _kinds.Add(rotary);
        }

        _kindOfLayer = [.. perLayer.Select(rotary => rotary is null ? -1 : _kinds.IndexOf(rotary))];
    }

    private int TableStride => _weights.Config.HeadSize;

    /// <summary>Cosines and sines for the rows' positions: one table per kind of rotary embedding, shared by all layers.</summary>
    public void Prepare(RowPlan plan)
    {
        _rows = plan.Count;
        var bytes = (long)_kinds.Count * _rows * TableStride * sizeof(float);
        if (_table.Bytes < bytes)
        {
            _table.Dispose();
            _table = new NativeBuffer(bytes);
        }

        for (var kind = 0; kind < _kinds.Count; kind++)
        {
            var half = _kinds[kind].Dimensions / 2;
            for (var r = 0; r < _rows; r++)
            {
                var position = plan[r].Position;
                // A row's angles depend on its own position only, so that chunks and batches cannot change them.
                var (frequencies, factor) = _weights.Rotary(_kinds[kind], position + 1);
                var row = Table(kind, r);
                for (var i = 0; i < half; i++)
                {
                    var (sin, cos) = Math.SinCos(position * (double)frequencies[i]);
                    row[i] = (float)(cos * factor);
                    row[half + i] = (float)(sin * factor);
                }
            }
        }
    }

    /// <summary>Normalises whole query and key projections, for the families that do so across heads. The team must meet afterwards.</summary>
    public static void NormaliseProjections(CpuLayer layer, float* qkv, int stride, int from, int to)
    {
        for (var r = from; r < to; r++)
        {
            var query = qkv + (long)r * stride;
            var key = query + layer.QueryNorm!.Count;
            layer.QueryNorm.Apply(query, layer.QueryNorm.Statistics(query), query, 0, layer.QueryNorm.Count);
            layer.KeyNorm!.Apply(key, layer.KeyNorm.Statistics(key), key, 0, layer.KeyNorm.Count);
        }
    }

    public void Run(RowPlan plan, CpuLayer layer, int index, float* qkv, int stride, int member, int members)
    {
        var config = _weights.Config;
        var heads = config.HeadCount + config.KeyValueHeadCount;
        var items = plan.Count * heads;
        var from = (int)((long)items * member / members);
        var to = (int)((long)items * (member + 1) / members);
        for (var item = from; item < to; item++)
        {
            var r = item / heads;
            var head = item % heads;
            var x = qkv + (long)r * stride;
            if (head < config.HeadCount) Turn(x + head * config.HeadSize, layer.QueryNorm, index, r);
            else Store(plan[r], layer, index, x, head - config.HeadCount, r);
        }
    }

    public void Dispose() => _table.Dispose();

    private float* Table(int kind, int row) => _table.Floats + ((long)kind * _rows + row) * TableStride;

    private void Store(in ForwardRow row, CpuLayer layer, int index, float* x, int head, int r)
    {
        var config = _weights.Config;
        var size = config.HeadSize;
        var keyStart = config.HeadCount * size;
        var key = x + keyStart + head * size;
        Turn(key, layer.KeyNorm, index, r);
        var value = x + keyStart + (config.KeyValueHeadCount + head) * size;

        var layout = _weights.Kv;
        var page = row.Entry.Sequence.Page(row.Slot / KvLayout.PageTokens);
        var slot = row.Slot % KvLayout.PageTokens;
        var keys = page + layout.Keys(index, head) + slot;
        for (var d = 0; d < size; d++) keys[d * KvLayout.PageTokens] = key[d];
        Buffer.MemoryCopy(value, page + layout.Values(index, head) + (long)slot * layout.ValueStride, size * sizeof(float), size * sizeof(float));
    }

    private void Turn(float* head, CpuNorm? norm, int index, int r)
    {
        var size = _weights.Config.HeadSize;
        if (norm?.Count == size) norm.Apply(head, norm.Statistics(head), head, 0, size);

        var kind = _kindOfLayer[index];
        if (kind < 0) return;
        var half = _kinds[kind].Dimensions / 2;
        var cos = Table(kind, r);
        var sin = cos + half;
        var i = 0;
        for (; i + 16 <= half; i += 16)
        {
            var (a, b) = (Vector512.Load(head + i), Vector512.Load(head + half + i));
            var (c, s) = (Vector512.Load(cos + i), Vector512.Load(sin + i));
            Vector512.FusedMultiplyAdd(a, c, -(b * s)).Store(head + i);
            Vector512.FusedMultiplyAdd(b, c, a * s).Store(head + half + i);
        }

        for (; i < half; i++)
        {
            var (a, b) = (head[i], head[half + i]);
            head[i] = MathF.FusedMultiplyAdd(a, cos[i], -(b * sin[i]));
            head[half + i] = MathF.FusedMultiplyAdd(b, cos[i], a * sin[i]);
        }
    }
}
