namespace Decant.Tests.Decoding.Speculation.Layers;

/// <summary>A model that remembers which layers its forwards ran and counts the sequences that are open.</summary>
internal sealed class WatchedModel(ICausalModel inner) : ICausalModel
{
    /// <summary>The forwards so far: their rows and what they ran.</summary>
    public List<(int Rows, LayerPlan? Layers)> Forwards { get; } = [];

    public int OpenSequences { get; private set; }

    public ModelInfo Info => inner.Info;

    public ISequence OpenSequence() => new Sequence(this, inner.OpenSequence());

    public void Embed(ReadOnlySpan<int> ids, Span<float> destination) => inner.Embed(ids, destination);

    public ValueTask<ForwardResult[]> ForwardAsync(ReadOnlyMemory<SequenceForward> batch, CancellationToken cancellationToken = default)
        => inner.ForwardAsync(batch.ToArray().Select(entry => new SequenceForward(((Sequence)entry.Sequence).Inner, entry.Input)).ToArray(), cancellationToken);

    public void Dispose() => inner.Dispose();

    private sealed class Sequence : ISequence
    {
        private readonly WatchedModel _model;

        public Sequence(WatchedModel model, ISequence inner)
        {
            (_model, Inner) = (model, inner);
            model.OpenSequences++;
        }

        public ISequence Inner { get; }

        public ICausalModel Model => _model;

        public int Length => Inner.Length;

        public ValueTask<ForwardResult> ForwardAsync(ForwardInput input, CancellationToken cancellationToken = default)
        {
            _model.Forwards.Add((input.Ids.Length, input.Layers));
            return Inner.ForwardAsync(input, cancellationToken);
        }

        public void Truncate(int length) => Inner.Truncate(length);

        public void Commit(ReadOnlySpan<int> path) => Inner.Commit(path);

        public ISequence Fork() => new Sequence(_model, Inner.Fork());

        public void Export(Stream destination) => Inner.Export(destination);

        public void Import(Stream source) => Inner.Import(source);

        public void Dispose()
        {
            _model.OpenSequences--;
            Inner.Dispose();
        }
    }
}
