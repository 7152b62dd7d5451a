namespace Decant.Tests.Oracles;

/// <summary>A model of one layer and one head with the logits of a table and attention that a test makes up. Notes down how many rows each forward found.</summary>
/// <param name="table">The logits.</param>
/// <param name="attention">The attention of the last of some tokens to each of them.</param>
internal sealed class AttentionModel(TableModel table, Func<int[], float[]> attention) : ICausalModel
{
    public ModelInfo Info { get; } = table.Info with { Capabilities = ModelCapabilities.Fork | ModelCapabilities.AttentionMaps };

    public List<int> Lengths { get; } = [];

    public ISequence OpenSequence() => new Sequence(this, (TableSequence)table.OpenSequence());

    public async ValueTask<ForwardResult[]> ForwardAsync(ReadOnlyMemory<SequenceForward> batch, CancellationToken cancellationToken = default)
    {
        var results = new ForwardResult[batch.Length];
        for (var i = 0; i < results.Length; i++) results[i] = await batch.Span[i].Sequence.ForwardAsync(batch.Span[i].Input, cancellationToken);
        return results;
    }

    public void Embed(ReadOnlySpan<int> ids, Span<float> destination) => table.Embed(ids, destination);

    public void Dispose()
    {
    }

    private sealed class Sequence(AttentionModel model, TableSequence inner) : ISequence
    {
        public ICausalModel Model => model;

        public int Length => inner.Length;

        public async ValueTask<ForwardResult> ForwardAsync(ForwardInput input, CancellationToken cancellationToken = default)
        {
            model.Lengths.Add(inner.Length);
            return new Result(await inner.ForwardAsync(new ForwardInput(input.Ids) { LastRows = input.LastRows, Logits = input.Logits }, cancellationToken), model.Attention([.. inner.Ids]));
        }

        public void Truncate(int length) => inner.Truncate(length);

        public void Commit(ReadOnlySpan<int> path) => inner.Commit(path);

        public ISequence Fork() => new Sequence(model, (TableSequence)inner.Fork());

        public void Export(Stream destination) => inner.Export(destination);

        public void Import(Stream source) => inner.Import(source);

        public void Dispose() => inner.Dispose();
    }

    private sealed class Result(ForwardResult inner, float[] attention) : ForwardResult
    {
        public override int RowCount => inner.RowCount;

        public override int LogitsRowCount => inner.LogitsRowCount;

        public override ReadOnlySpan<float> Logits(int row) => inner.Logits(row);

        public override ReadOnlySpan<float> Hidden(int layer, int row) => inner.Hidden(layer, row);

        public override ReadOnlySpan<float> FinalHidden(int row) => inner.FinalHidden(row);

        public override ReadOnlySpan<float> EarlyExit(int layer, int row) => inner.EarlyExit(layer, row);

        public override ReadOnlySpan<float> Attention(int layer, int row, int head) => attention;

        public override ReadOnlySpan<float> Router(int layer, int row) => inner.Router(layer, row);

        protected override void Dispose(bool disposing) => inner.Dispose();
    }

    private float[] Attention(int[] tokens) => attention(tokens);
}
