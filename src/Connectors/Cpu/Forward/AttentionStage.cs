using Decant.Connectors.Cpu.Kernels;
using Decant.Connectors.Cpu.Memory;
using static Decant.Connectors.Cpu.CpuForwardResult;

namespace Decant.Connectors.Cpu.Forward;

/// <summary>
/// Softmax attention of every row and head over the pages its sequence holds. Rows of a chain are taken four at a time; tree rows
/// one by one, over the slots of their ancestors in order, so that a committed path has the bits of plain decoding.
/// </summary>
internal sealed unsafe class AttentionStage(CpuWeights weights)
{
    private const int Page = KvLayout.PageTokens;
    private readonly KvLayout _kv = weights.Kv;

    public void Run(RowPlan plan, int layer, Scratch scratch, int member, int members)
    {
        var config = weights.Config;
        var block = 0;
        // Few rows: neighbouring heads go to one member. Many: later rows see more, so members alternate. Heads that share keys stay together: only one member then reads these from memory.
        var byHead = plan.Count < 8;
        for (var r = 0; r < plan.Count; block++)
        {
            var count = BlockRows(plan, r);
            for (var head = 0; head < config.HeadCount; head++)
            {
                if ((byHead ? head * members / config.HeadCount : (block * config.KeyValueHeadCount + KeyHead(head)) % members) != member) continue;
                if (count == 4) Four(plan, r, layer, head, scratch, member);
                else One(plan, r, layer, head, scratch, member);
            }

            r += count;
        }
    }

    // Four rows of one chain, or one row.
    private static int BlockRows(RowPlan plan, int r)
    {
        if (r + 4 > plan.Count || plan[r].Path >= 0) return 1;
        return ReferenceEquals(plan[r].Entry, plan[r + 3].Entry) ? 4 : 1;
    }

    private void One(RowPlan plan, int r, int layer, int head, Scratch scratch, int member)
    {
        var row = plan[r];
        var scores = scratch.Scores(member);
        var query = Query(scratch, r, head);
        var first = FirstVisible(layer, row.Position);
        var output = scratch.Temporary[member].Floats;
        new Span<float>(output, _kv.ValueStride).Clear();

        // Cached rows stand in order; a tree row's own path is gathered behind them.
        var ordered = row.Path < 0 ? row.Position + 1 : row.Entry.Sequence.Before;
        ScorePages(row.Entry.Sequence, layer, head, query, first, ordered, scores);
        for (var p = ordered; p <= row.Position; p++) scores[p] = ScoreSlot(row.Entry.Sequence, layer, head, query, plan.PathSlot(row, p - ordered));

        var sum = Normalise(scores + first, row.Position + 1 - first);
        for (var p = first; p < ordered;)
        {
            var end = Math.Min(ordered, (p / Page + 1) * Page);
            AttentionKernels.Accumulate(scores + p, Values(row.Entry.Sequence, layer, head, p), end - p, _kv.ValueStride, output);
            p = end;
        }

        for (var p = Math.Max(ordered, first); p <= row.Position; p++)
        {
            var slot = plan.PathSlot(row, p - ordered);
            AttentionKernels.Accumulate(scores + p, Values(row.Entry.Sequence, layer, head, slot), 1, _kv.ValueStride, output);
        }

        Write(row, r, layer, head, scratch, scores, first, sum, output);
    }

    private void Four(RowPlan plan, int r, int layer, int head, Scratch scratch, int member)
    {
        var sequence = plan[r].Entry.Sequence;
        var scores = scratch.Scores(member);
        var stride = scratch.ScoreStride(member);
        var last = plan[r + 3].Position;
        var first = FirstVisible(layer, plan[r].Position);
        var keyHead = KeyHead(head);
        for (var page = first / Page; page <= last / Page; page++)
        {
            var keys = sequence.Page(page) + _kv.Keys(layer, keyHead);
            AttentionKernels.ScoresOfFour(
                Query(scratch, r, head), scratch.QkvStride, keys, _kv.HeadSize, weights.Config.AttentionScale, scores + page * Page, stride);
        }

        var output = scratch.Temporary[member].Floats;
        new Span<float>(output, 4 * _kv.ValueStride).Clear();
        var sums = stackalloc float[4];
        for (var i = 0; i < 4; i++)
        {
            var row = scores + i * stride;
            var position = plan[r + i].Position;
            var visible = FirstVisible(layer, position);
            Cap(row, first, last + 1);
            sums[i] = VectorMath.Exponentiate(row + visible, position + 1 - visible);
            // Weight 0 for what this row must not see but the block loads: adding 0 · value changes no bit.
            new Span<float>(row + first, visible - first).Clear();
            new Span<float>(row + position + 1, last - position).Clear();
        }

        for (var p = first; p <= last;)
        {
            var end = Math.Min(last + 1, (p / Page + 1) * Page);
            AttentionKernels.AccumulateFour(scores + p, stride, Values(sequence, layer, head, p), end - p, _kv.ValueStride, output);
            p = end;
        }

        for (var i = 0; i < 4; i++)
            Write(plan[r + i], r + i, layer, head, scratch, scores + i * stride, FirstVisible(layer, plan[r + i].Position), sums[i], output + i * _kv.ValueStride);
    }

    private void Write(in ForwardRow row, int r, int layer, int head, Scratch scratch, float* scores, int first, float sum, float* output)
    {
        var inverse = 1 / sum;
        var context = scratch.Context + (long)r * scratch.ContextStride + head * _kv.HeadSize;
        for (var d = 0; d < _kv.HeadSize; d++) context[d] = output[d] * inverse;

        var tap = row.Entry.Input.Taps is null ? null : row.Entry.Result!.Tap(TapKind.Attention, layer + 1, row.Index);
        if (tap is null) return;
        tap += (long)head * row.Entry.Sequence.Length;
        for (var p = first; p <= row.Position; p++) tap[p] = scores[p] * inverse;
    }

    private void ScorePages(CpuSequence sequence, int layer, int head, float* query, int first, int end, float* scores)
    {
        for (var page = first / Page; page * Page < end; page++)
        {
            var keys = sequence.Page(page) + _kv.Keys(layer, KeyHead(head));
            AttentionKernels.Scores(query, keys, _kv.HeadSize, weights.Config.AttentionScale, scores + page * Page);
        }
    }

    private float ScoreSlot(CpuSequence sequence, int layer, int head, float* query, int slot)
    {
        var key = sequence.Page(slot / Page) + _kv.Keys(layer, KeyHead(head)) + slot % Page;
        var sum = 0f;
        for (var d = 0; d < _kv.HeadSize; d++) sum = MathF.FusedMultiplyAdd(key[d * Page], query[d], sum);
        return sum * weights.Config.AttentionScale;
    }

    private float Normalise(float* scores, int count)
    {
        Cap(scores, 0, count);
        return VectorMath.Exponentiate(scores, count);
    }

    private void Cap(float* scores, int from, int to)
    {
        if (weights.Config.AttentionSoftcap is { } cap) VectorMath.Softcap(scores + from, to - from, cap);
    }

    private float* Values(CpuSequence sequence, int layer, int head, int slot) =>
        sequence.Page(slot / Page) + _kv.Values(layer, KeyHead(head)) + (long)(slot % Page) * _kv.ValueStride;

    private float* Query(Scratch scratch, int r, int head) => scratch.Qkv + (long)r * scratch.QkvStride + head * _kv.HeadSize;

    private int KeyHead(int head) => head / (weights.Config.HeadCount / weights.Config.KeyValueHeadCount);

    private int FirstVisible(int layer, int position) =>
        weights.Config.SlidingWindow is { } window && weights.Config.IsSliding(layer) ? Math.Max(0, position + 1 - window) : 0;
}
