namespace Decant.Tests;

/// <summary>Fills the logits of the token that follows <paramref name="tokens"/>.</summary>
internal delegate void TableRow(ReadOnlySpan<int> tokens, Span<float> logits);

/// <summary>
/// A model whose logits are a pure function of the tokens so far, so that its distributions can be enumerated. Runs synchronously unless
/// <see cref="BeforeForward"/> says otherwise. Counts forwards and what has not been disposed. A token's embedding has a 1 at its id: other embeddings are read as the chance of
/// each token, and give the mean of the logits. What a descent moves, in place of keys and values, is added to all logits.
/// </summary>
/// <param name="vocabularySize">Length of a row.</param>
/// <param name="row">The logits.</param>
/// <param name="contextLength">Most rows of a sequence.</param>
/// <param name="earlyExits">The logits read off layers 0, 1 …; none for a model that gives none.</param>
internal sealed class TableModel(int vocabularySize, TableRow row, int contextLength = 1024, params TableRow[] earlyExits) : ICausalModel
{
    private int _forwardCount;
    private int _openSequences;
    private int _openResults;

    public ModelInfo Info { get; } = new("table", vocabularySize, vocabularySize, Math.Max(1, earlyExits.Length), 1, contextLength,
        ModelCapabilities.TreeRows | ModelCapabilities.Fork | ModelCapabilities.EmbeddingInput | ModelCapabilities.ExportImport | ModelCapabilities.BatchInvariant | ModelCapabilities.Gradients
        | (earlyExits.Length > 0 ? ModelCapabilities.EarlyExit : ModelCapabilities.None));

    /// <summary>Awaited before every forward: a delay, a gate, <c>Task.Yield</c>, an exception. Null: forwards complete synchronously.</summary>
    public Func<CancellationToken, Task>? BeforeForward { get; set; }

    /// <summary>How many sequences it claims to run at once.</summary>
    public double Batch { get; set; } = 1;

    public int ForwardCount => _forwardCount;

    public int OpenSequences => _openSequences;

    public int OpenResults => _openResults;

    /// <summary>A model whose logits are seeded noise in −scale … scale, a function of the last <paramref name="order"/> tokens.</summary>
    public static TableModel Random(int vocabularySize, int order = 2, ulong seed = 1, float scale = 2, int contextLength = 1024)
        => new(vocabularySize, (tokens, logits) =>
        {
            var state = seed;
            foreach (var token in tokens[^Math.Min(order, tokens.Length)..]) state = (state ^ (uint)token) * 6364136223846793005 + 1442695040888963407;
            foreach (ref var logit in logits)
            {
                state = state * 6364136223846793005 + 1442695040888963407;
                logit = scale * ((state >> 40) / (float)(1 << 23) - 1);
            }
        }, contextLength);

    public ISequence OpenSequence() => new TableSequence(this);

    public async ValueTask<ForwardResult[]> ForwardAsync(ReadOnlyMemory<SequenceForward> batch, CancellationToken cancellationToken = default)
    {
        var results = new ForwardResult[batch.Length];
        for (var i = 0; i < results.Length; i++)
        {
            var (sequence, input) = batch.Span[i];
            results[i] = await sequence.ForwardAsync(input, cancellationToken);
        }

        return results;
    }

    public void Dispose()
    {
    }

    public void Embed(ReadOnlySpan<int> ids, Span<float> destination)
    {
        destination.Clear();
        for (var i = 0; i < ids.Length; i++) destination[(i * vocabularySize) + ids[i]] = 1;
    }

    public void Fill(ReadOnlySpan<int> tokens, Span<float> logits) => row(tokens, logits);

    public void FillEarlyExit(int layer, ReadOnlySpan<int> tokens, Span<float> logits) => earlyExits[layer](tokens, logits);

    public void CountForward() => Interlocked.Increment(ref _forwardCount);

    public void CountSequence(int change) => Interlocked.Add(ref _openSequences, change);

    public void CountResult(int change) => Interlocked.Add(ref _openResults, change);
}
