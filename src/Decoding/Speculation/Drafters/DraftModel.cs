namespace Decant.Decoding;

/// <summary>A model's sequence that follows a text which is drafted, rejected and written on.</summary>
/// <remarks>Owns nothing: the sequence is the request's.</remarks>
internal sealed class DraftModel(ISequence sequence, ReadOnlyMemory<int> read, int prefillChunk) : IDraftSource
{
    private int[] _read = read[..sequence.Length].ToArray();
    private int _count = sequence.Length;

    /// <summary>A model that a request brings.</summary>
    public DraftModel(BranchSource source, GenerationRequest request)
        : this(source.Sequence!, source.Prompt, request.PrefillChunk)
    {
    }

    /// <summary>The sequence; between rounds it may hold tokens that were rejected.</summary>
    public ISequence Sequence { get; } = sequence;

    /// <summary>Which parts of the layers <see cref="ReadAsync"/> runs; null for all.</summary>
    public LayerPlan? Layers { get; set; }

    /// <summary>Reads a text as far as it has not been read.</summary>
    /// <param name="tokens">The text, the prompt included; not empty.</param>
    /// <param name="round">Counts the forwards, and says whether the budget allows them.</param>
    /// <param name="cancellationToken">Checked before every forward.</param>
    /// <returns>The forward that ends with the text's last token; null where the budget is spent before.</returns>
    public async ValueTask<ForwardResult?> ReadAsync(ReadOnlyMemory<int> tokens, DraftRound round, CancellationToken cancellationToken)
    {
        Keep(tokens.Span, tokens.Length - 1);
        while (round.MayRun)
        {
            cancellationToken.ThrowIfCancellationRequested();
            var chunk = tokens.Slice(Sequence.Length, Math.Min(prefillChunk, tokens.Length - Sequence.Length));
            var isLast = Sequence.Length + chunk.Length == tokens.Length;
            var result = await Sequence.ForwardAsync(new ForwardInput(chunk) { Layers = Layers, Logits = isLast ? LogitsRows.Last : LogitsRows.None }, cancellationToken).ConfigureAwait(false);
            round.Counter.Drafts++;
            Remember(tokens.Span);
            if (isLast) return result;
            result.Dispose();
        }

        return null;
    }

    /// <summary>Runs a tree of tokens behind a text that has been read. The next call of either kind forgets them again.</summary>
    /// <param name="tokens">Tokens of the tree.</param>
    /// <param name="parents">Their parents; −1 for the text.</param>
    /// <param name="round">Counts the forward, and says whether the budget allows it.</param>
    /// <param name="cancellationToken">Checked before the forward.</param>
    /// <returns>A row of logits for every token of the tree; null where the budget is spent.</returns>
    public async ValueTask<ForwardResult?> ReadTreeAsync(ReadOnlyMemory<int> tokens, ReadOnlyMemory<int> parents, DraftRound round, CancellationToken cancellationToken)
    {
        cancellationToken.ThrowIfCancellationRequested();
        if (!round.MayRun) return null;
        Sequence.Truncate(_count);
        var result = await Sequence.ForwardAsync(new ForwardInput(tokens) { Parents = parents, Logits = LogitsRows.All }, cancellationToken).ConfigureAwait(false);
        round.Counter.Drafts++;
        return result;
    }

    /// <summary>Reads an embedding in place of a token, behind the text that has been read and the embeddings since. The next call of another kind forgets them again.</summary>
    /// <param name="embedding">The embedding, hidden-size long.</param>
    /// <param name="round">Counts the forward, and says whether the budget allows it.</param>
    /// <param name="cancellationToken">Checked before the forward.</param>
    /// <returns>The logits behind it; null where the budget is spent.</returns>
    public async ValueTask<ForwardResult?> ReadEmbeddingAsync(ReadOnlyMemory<float> embedding, DraftRound round, CancellationToken cancellationToken)
    {
        cancellationToken.ThrowIfCancellationRequested();
        if (!round.MayRun) return null;
        var result = await Sequence.ForwardAsync(new ForwardInput { Embeddings = embedding }, cancellationToken).ConfigureAwait(false);
        round.Counter.Drafts++;
        return result;
    }

    /// <summary>Drops what does not belong to a text. An empty one is that of a call which never drafted: what the request brought stays.</summary>
    public void Keep(ReadOnlySpan<int> tokens)
    {
        if (!tokens.IsEmpty) Keep(tokens, tokens.Length);
    }

    void IDraftSource.EndRound()
    {
    }

    void IDraftSource.Close(ReadOnlySpan<int> text) => Keep(text);

    private void Keep(ReadOnlySpan<int> tokens, int most)
    {
        _count = _read.AsSpan(0, Math.Min(_count, most)).CommonPrefixLength(tokens[..most]);
        Sequence.Truncate(_count);
    }

    private void Remember(ReadOnlySpan<int> tokens)
    {
        if (_read.Length < tokens.Length) Array.Resize(ref _read, 2 * tokens.Length);
        tokens[_count..Sequence.Length].CopyTo(_read.AsSpan(_count));
        _count = Sequence.Length;
    }
}
