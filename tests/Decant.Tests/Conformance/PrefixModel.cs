using Decant.Decoding;

namespace Decant.Tests.Conformance;

/// <summary>A model whose logits are any function of all tokens so far: a row read twice, left out or taken from elsewhere changes the answer.</summary>
internal sealed class PrefixModel(int vocabularySize, Func<IReadOnlyList<int>, float[]> logits, int contextLength = 4096, ModelCapabilities capabilities = ModelCapabilities.Fork)
    : ICausalModel
{
    private int _openSequences;
    private int _forwards;
    private long _rows;

    public ModelInfo Info { get; } = new("prefix-model", vocabularySize, 1, 1, 1, contextLength, capabilities);

    /// <summary>Runs before each forward, with its number of rows.</summary>
    public Func<int, Task>? BeforeForward { get; set; }

    public int OpenSequences => Volatile.Read(ref _openSequences);

    public int Forwards => Volatile.Read(ref _forwards);

    public long Rows => Volatile.Read(ref _rows);

    public bool Disposed { get; private set; }

    public ISequence OpenSequence()
    {
        ObjectDisposedException.ThrowIf(Disposed, this);
        return new Sequence(this, []);
    }

    public async ValueTask<ForwardResult[]> ForwardAsync(ReadOnlyMemory<SequenceForward> batch, CancellationToken cancellationToken = default)
    {
        var results = new ForwardResult[batch.Length];
        for (var i = 0; i < results.Length; i++) results[i] = await batch.Span[i].Sequence.ForwardAsync(batch.Span[i].Input, cancellationToken);
        return results;
    }

    public void Dispose()
    {
        Assert.Equal(0, OpenSequences);
        Disposed = true;
    }

    private sealed class Sequence : ISequence
    {
        private readonly PrefixModel _model;
        private readonly List<int> _tokens;
        private int _busy;
        private bool _disposed;

        public Sequence(PrefixModel model, List<int> tokens)
        {
            (_model, _tokens) = (model, tokens);
            Interlocked.Increment(ref model._openSequences);
        }

        public ICausalModel Model => _model;

        public int Length => _tokens.Count;

        public async ValueTask<ForwardResult> ForwardAsync(ForwardInput input, CancellationToken cancellationToken = default)
        {
            ObjectDisposedException.ThrowIf(_disposed || _model.Disposed, this);
            Assert.Equal(0, Interlocked.Exchange(ref _busy, 1));
            try
            {
                if (_model.BeforeForward is { } before) await before(input.Ids.Length);
                cancellationToken.ThrowIfCancellationRequested();
                if (Length + input.Ids.Length > _model.Info.ContextLength) throw new ContextOverflowException(Length + input.Ids.Length, _model.Info.ContextLength);
                _tokens.AddRange(input.Ids.Span);
                Interlocked.Increment(ref _model._forwards);
                Interlocked.Add(ref _model._rows, input.Ids.Length);
                return new Result(input.Ids.Length, input.Logits == LogitsRows.None ? null : _model.Logits(_tokens));
            }
            finally
            {
                _busy = 0;
            }
        }

        public void Truncate(int length) => _tokens.RemoveRange(length, Length - length);

        public void Commit(ReadOnlySpan<int> path) => throw new NotSupportedException();

        public ISequence Fork()
        {
            Assert.True(_model.Info.Capabilities.HasFlag(ModelCapabilities.Fork));
            ObjectDisposedException.ThrowIf(_disposed, this);
            return new Sequence(_model, [.. _tokens]);
        }

        public void Export(Stream destination) => throw new NotSupportedException();

        public void Import(Stream source) => throw new NotSupportedException();

        public void Dispose()
        {
            if (_disposed) return;
            _disposed = true;
            Interlocked.Decrement(ref _model._openSequences);
        }
    }

    private float[] Logits(IReadOnlyList<int> tokens) => logits(tokens);

    private sealed class Result(int rows, float[]? logits) : ForwardResult
    {
        public override int RowCount => rows;

        public override int LogitsRowCount => logits is null ? 0 : 1;

        public override ReadOnlySpan<float> Logits(int row) => logits;

        public override ReadOnlySpan<float> Hidden(int layer, int row) => throw new InvalidOperationException();

        public override ReadOnlySpan<float> FinalHidden(int row) => throw new InvalidOperationException();

        public override ReadOnlySpan<float> EarlyExit(int layer, int row) => throw new InvalidOperationException();

        public override ReadOnlySpan<float> Attention(int layer, int row, int head) => throw new InvalidOperationException();

        public override ReadOnlySpan<float> Router(int layer, int row) => throw new InvalidOperationException();

        protected override void Dispose(bool disposing)
        {
        }
    }
}
