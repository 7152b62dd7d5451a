namespace Decant.Decoding;

/// <summary>A model that drafts with layers side by side, and reads what became text once more with each in its turn.</summary>
/// <param name="model">The model.</param>
/// <param name="layers">Which layers run side by side.</param>
/// <param name="calibrate">Whether to read anew. False: what was drafted stays cached as it was, and drafts drift from the model's own.</param>
internal sealed class LayerParallelModel(DraftModel model, LayerPlan layers, bool calibrate) : IDraftSource
{
    private bool _drafting;
    private int _exact = model.Sequence.Length;
    private bool _hasRead;

    // The round's first forward is the exact one: it costs no other, and its draft is the model's own.
    public async ValueTask<ForwardResult?> ReadAsync(ReadOnlyMemory<int> tokens, DraftRound round, CancellationToken cancellationToken)
    {
        var isExact = !_drafting && (calibrate || !_hasRead);
        model.Keep(isExact ? tokens.Span[..Math.Min(_exact, tokens.Length)] : tokens.Span[..^1]);

        // Where the target refused a forced token, exact rows give way to others.
        _exact = Math.Min(_exact, model.Sequence.Length);
        model.Layers = isExact ? null : layers;
        var result = await model.ReadAsync(tokens, round, cancellationToken).ConfigureAwait(false);
        if (result is null) return null;
        (_drafting, _hasRead) = (true, true);
        if (isExact) _exact = tokens.Length;
        return result;
    }

    public void EndRound() => _drafting = false;

    // The next call must not find rows that are not the model's own.
    public void Close(ReadOnlySpan<int> text) => model.Keep(text[..Math.Min(_exact, text.Length)]);
}
