namespace Decant.Tests;

internal sealed class TableSequence : IDifferentiableSequence
{
    private const int Mixed = -1;
    private readonly TableModel _model;
    private readonly List<int> _ids;

    // By row: the tokens that an embedding stands for, with their chances. The row's id is Mixed.
    private readonly Dictionary<int, (int Token, float Chance)[]> _mixtures = [];
    private readonly float[] _moved;
    private int[] _parents = [];
    private bool _tree;
    private int _busy;
    private bool _disposed;
    private TableResult? _spare;

    public TableSequence(TableModel model, IEnumerable<int>? ids = null)
    {
        _model = model;
        _ids = [.. ids ?? []];
        _moved = new float[model.Info.VocabularySize];
        model.CountSequence(1);
    }

    public ICausalModel Model => _model;

    public int Length => _ids.Count;

    /// <summary>The cached ids, for tests to compare.</summary>
    public IReadOnlyList<int> Ids => _ids;

    private int LastForwardStart => _ids.Count - _parents.Length;

    public ValueTask<ForwardResult> ForwardAsync(ForwardInput input, CancellationToken cancellationToken = default)
    {
        cancellationToken.ThrowIfCancellationRequested();
        ObjectDisposedException.ThrowIf(_disposed, this);
        return _model.BeforeForward is { } before ? RunAsync(before, input, cancellationToken) : new(Run(input));
    }

    public ValueTask<CacheDescentResult> DescendAsync(CacheDescent descent, CancellationToken cancellationToken = default)
    {
        cancellationToken.ThrowIfCancellationRequested();
        var moved = _moved.ToArray();
        List<double> losses = [];
        for (var step = 0; ; step++)
        {
            var gradient = new double[moved.Length];
            var loss = 0.0;
            var row = new float[moved.Length];
            for (var i = 0; i < descent.Ids.Length; i++)
            {
                _model.Fill([.. _ids, .. descent.Ids.Span[..(i + 1)]], row);
                for (var id = 0; id < row.Length; id++) row[id] += moved[id];
                int[] wanted = descent.Words.Count > 0 ? i == descent.Ids.Length - 1 ? [.. descent.Words] : [] : i + 1 < descent.Ids.Length ? [descent.Ids.Span[i + 1]] : [];
                if (wanted.Length == 0) continue;
                var sum = row.Sum(logit => Math.Exp(logit));
                var mass = wanted.Sum(id => Math.Exp(row[id]) / sum);
                loss -= Math.Log(mass);
                for (var id = 0; id < row.Length; id++) gradient[id] += Math.Exp(row[id]) / sum * (wanted.Contains(id) ? 1 - (1 / mass) : 1);
            }

            // A table has no hidden states: what it has moved the logits by is taken for one.
            if (descent.Head is { } head)
            {
                var logit = head.Score([.. moved.Select(value => (float)value)]);
                loss += Math.Log(1 + Math.Exp(-logit));
                for (var id = 0; id < row.Length; id++) gradient[id] -= head.Weights[id] / (1 + Math.Exp(logit));
            }

            losses.Add(loss);
            if (step == descent.Steps)
            {
                if (descent.Keep) moved.CopyTo(_moved, 0);
                return new(new CacheDescentResult(losses, row));
            }

            for (var id = 0; id < moved.Length; id++) moved[id] -= (float)(descent.StepSize * gradient[id]);
        }
    }

    public void Truncate(int length)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(length);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(length, Length);
        if (length == Length) return;
        if (_tree && length > LastForwardStart) throw new InvalidOperationException("Truncating into a tree leaves no single path.");
        _ids.RemoveRange(length, Length - length);
        (_parents, _tree) = ([], false);
    }

    public void Commit(ReadOnlySpan<int> path)
    {
        var (start, parent) = (LastForwardStart, -1);
        foreach (var index in path)
        {
            if ((uint)index >= (uint)_parents.Length || _parents[index] != parent) throw new ArgumentException("Not a path of the last forward.", nameof(path));
            parent = index;
        }

        var kept = path.ToArray().Select(index => _ids[start + index]).ToArray();
        _ids.RemoveRange(start, Length - start);
        _ids.AddRange(kept);
        (_parents, _tree) = ([], false);
    }

    public ISequence Fork()
    {
        ObjectDisposedException.ThrowIf(_disposed, this);
        var fork = new TableSequence(_model, _ids) { _parents = _parents, _tree = _tree };
        foreach (var (row, mixture) in _mixtures) fork._mixtures[row] = mixture;
        _moved.CopyTo(fork._moved, 0);
        return fork;
    }

    public void Export(Stream destination)
    {
        using var writer = new BinaryWriter(destination, System.Text.Encoding.UTF8, leaveOpen: true);
        writer.Write(_model.Info.VocabularySize);
        writer.Write(Length);
        foreach (var id in _ids) writer.Write(id);
    }

    public void Import(Stream source)
    {
        using var reader = new BinaryReader(source, System.Text.Encoding.UTF8, leaveOpen: true);
        if (reader.ReadInt32() != _model.Info.VocabularySize) throw new InvalidDataException("Rows of another model.");
        var ids = Enumerable.Range(0, reader.ReadInt32()).Select(_ => reader.ReadInt32()).ToArray();
        _ids.Clear();
        _ids.AddRange(ids);
        (_parents, _tree) = ([], false);
    }

    public void Dispose()
    {
        if (_disposed) return;
        _disposed = true;
        _model.CountSequence(-1);
    }

    internal void Return(TableResult result)
    {
        _spare = result;
        _model.CountResult(-1);
    }

    private async ValueTask<ForwardResult> RunAsync(Func<CancellationToken, Task> before, ForwardInput input, CancellationToken cancellationToken)
    {
        await before(cancellationToken);
        cancellationToken.ThrowIfCancellationRequested();
        return Run(input);
    }

    private TableResult Run(ForwardInput input)
    {
        if (Interlocked.Exchange(ref _busy, 1) != 0) throw new InvalidOperationException("Two callers use one sequence at once.");
        try
        {
            if (_tree) throw new InvalidOperationException("A tree forward has not been committed or truncated yet.");
            if (input.Taps is { } taps && taps != new Taps { EarlyExitLayers = taps.EarlyExitLayers, EarlyExitNorm = taps.EarlyExitNorm }) throw new NotSupportedException("A table model has no taps but early exits.");
            if (input.Edits is not null) throw new NotSupportedException("A table model has no residual stream.");
            if (input.Layers is not null) throw new NotSupportedException("A table model has no layers to leave out.");
            if (input.Ids.IsEmpty && input.Embeddings.IsEmpty) throw new ArgumentException("A forward needs at least one row.", nameof(input));
            var count = input.Ids.IsEmpty ? input.Embeddings.Length / _model.Info.HiddenSize : input.Ids.Length;
            if (Length + count > _model.Info.ContextLength) throw new ContextOverflowException(Length + count, _model.Info.ContextLength);
            return Append(input, count);
        }
        finally
        {
            Volatile.Write(ref _busy, 0);
        }
    }

    private TableResult Append(ForwardInput input, int count)
    {
        var start = Length;
        foreach (var id in input.Ids.Span) _ids.Add(id);
        for (var i = 0; i < count && input.Ids.IsEmpty; i++) Mix(input.Embeddings.Span.Slice(i * _model.Info.HiddenSize, _model.Info.HiddenSize));

        _tree = !input.Parents.IsEmpty;
        if (_parents.Length != count || _tree) _parents = new int[count];
        for (var i = 0; i < count; i++) _parents[i] = _tree ? input.Parents.Span[i] : i - 1;

        _model.CountForward();
        _model.CountResult(1);
        var result = _spare ?? new TableResult(this);
        _spare = null;
        result.Open(count, input.LogitsCount(count), _model.Info.VocabularySize);
        for (var i = 0; i < result.LogitsRowCount; i++)
        {
            var seen = Seen(start, count - result.LogitsRowCount + i);
            Fill(seen, result.Writable(i));
            foreach (var layer in input.Taps?.EarlyExitLayers ?? []) _model.FillEarlyExit(layer, seen, result.AddEarlyExit(layer, i));
        }

        return result;
    }

    private void Mix(ReadOnlySpan<float> chances)
    {
        var mixture = new List<(int, float)>();
        for (var token = 0; token < chances.Length; token++)
        {
            if (chances[token] != 0) mixture.Add((token, chances[token]));
        }

        _mixtures[Length] = [.. mixture];
        _ids.Add(mixture is [(var only, 1)] ? only : Mixed);
    }

    /// <summary>The mean of the logits over all that mixed rows may stand for.</summary>
    private void Fill(ReadOnlySpan<int> seen, Span<float> logits)
    {
        var at = seen.IndexOf(Mixed);
        if (at < 0)
        {
            _model.Fill(seen, logits);
            for (var id = 0; id < logits.Length; id++) logits[id] += _moved[id];
            return;
        }

        logits.Clear();
        var (tokens, part) = (seen.ToArray(), new float[logits.Length]);
        foreach (var (token, chance) in _mixtures[at])
        {
            tokens[at] = token;
            Fill(tokens, part);
            for (var id = 0; id < part.Length; id++) logits[id] += chance * part[id];
        }
    }

    private ReadOnlySpan<int> Seen(int start, int row)
    {
        var ids = System.Runtime.InteropServices.CollectionsMarshal.AsSpan(_ids);
        if (!_tree) return ids[..(start + row + 1)];
        var path = new List<int>();
        for (var i = row; i >= 0; i = _parents[i]) path.Insert(0, ids[start + i]);
        return (int[])[.. ids[..start], .. path];
    }
}

internal sealed class TableResult(TableSequence owner) : ForwardResult
{
    private readonly Dictionary<(int Layer, int Row), float[]> _earlyExits = [];
    private float[] _logits = [];
    private int _rowCount;
    private int _logitsRowCount;
    private int _vocabularySize;
    private bool _open;

    public override int RowCount => _rowCount;

    public override int LogitsRowCount => _logitsRowCount;

    public override ReadOnlySpan<float> Logits(int row) => Writable(row);

    public override ReadOnlySpan<float> Hidden(int layer, int row) => throw NoTap();

    public override ReadOnlySpan<float> FinalHidden(int row) => throw NoTap();

    public override ReadOnlySpan<float> EarlyExit(int layer, int row) => _open && _earlyExits.TryGetValue((layer, row), out var logits) ? logits : throw NoTap();

    public override ReadOnlySpan<float> Attention(int layer, int row, int head) => throw NoTap();

    public override ReadOnlySpan<float> Router(int layer, int row) => throw NoTap();

    internal void Open(int rowCount, int logitsRowCount, int vocabularySize)
    {
        _rowCount = rowCount;
        _logitsRowCount = logitsRowCount;
        _vocabularySize = vocabularySize;
        _earlyExits.Clear();
        if (_logits.Length < _logitsRowCount * vocabularySize) _logits = new float[_logitsRowCount * vocabularySize];
        _open = true;
    }

    internal Span<float> Writable(int row)
    {
        ObjectDisposedException.ThrowIf(!_open, this);
        ArgumentOutOfRangeException.ThrowIfGreaterThanOrEqual((uint)row, (uint)_logitsRowCount);
        return _logits.AsSpan(row * _vocabularySize, _vocabularySize);
    }

    internal Span<float> AddEarlyExit(int layer, int row) => _earlyExits[(layer, row)] = new float[_vocabularySize];

    protected override void Dispose(bool disposing)
    {
        if (!_open) return;
        _open = false;
        owner.Return(this);
    }

    private static InvalidOperationException NoTap() => new("The tap was not asked for.");
}
