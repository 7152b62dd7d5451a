namespace Decant.Decoding;

/// <summary>
/// Drafts with parts of the target's own layers. It reads on a fork of the target's sequence that lives for one round: the fork shares what the target has read, and the target never
/// sees what the parts cache.
/// </summary>
internal sealed class TargetFork(DraftSetup setup, LayerPlan layers) : IDraftSource
{
    private readonly ISequence _target = setup.Branches.Target;
    private readonly IReadOnlyList<ResidualEdit>? _edits = setup.Edits;
    private readonly int _promptLength = setup.Request.Cached.Length + setup.Request.Prompt.Length;
    private ISequence? _fork;

    /// <summary>Which parts run; changed between rounds only.</summary>
    public LayerPlan Layers { get; set; } = layers;

    /// <summary>Throws unless a model can draft so for itself.</summary>
    /// <param name="asker">The drafter's kind.</param>
    /// <param name="model">The target.</param>
    /// <param name="layers">What is to run; null for all.</param>
    public static void Check(string asker, ModelInfo model, LayerPlan? layers = null)
    {
        if (layers?.Fault(model) is { } fault) throw new ArgumentException($"{asker}: {fault}.");
        if (!model.Capabilities.HasFlag(ModelCapabilities.Fork)) throw new ArgumentException($"{asker}: the model {model.Name} cannot fork its sequences ({nameof(ModelCapabilities)}.{nameof(ModelCapabilities.Fork)}).");
    }

    public async ValueTask<ForwardResult?> ReadAsync(ReadOnlyMemory<int> tokens, DraftRound round, CancellationToken cancellationToken)
    {
        cancellationToken.ThrowIfCancellationRequested();
        // Parts of the layers that read a prompt which the target has yet to read would cost more than they draft.
        if (_target.Length < _promptLength - 1 || !round.MayRun) return null;
        _fork ??= _target.Fork();
        var result = await _fork.ForwardAsync(new ForwardInput(tokens[_fork.Length..]) { Layers = Layers, Edits = _edits }, cancellationToken).ConfigureAwait(false);
        round.Counter.Drafts++;
        return result;
    }

    /// <summary>How well other parts would have guessed the last tokens of a text: the fraction that they find likeliest.</summary>
    /// <param name="layers">The parts.</param>
    /// <param name="tokens">The text, prompt included; the target has read all but its last token.</param>
    /// <param name="count">How many of its last tokens to guess; at least one token precedes them.</param>
    /// <param name="counter">Counts the forward.</param>
    /// <param name="cancellationToken">Checked before the forward.</param>
    public async ValueTask<double> ScoreAsync(LayerPlan layers, ReadOnlyMemory<int> tokens, int count, ForwardCounter counter, CancellationToken cancellationToken)
    {
        cancellationToken.ThrowIfCancellationRequested();
        using var fork = _target.Fork();
        var start = tokens.Length - count - 1;
        fork.Truncate(start);
        using var result = await fork.ForwardAsync(new ForwardInput(tokens.Slice(start, count)) { Layers = layers, Edits = _edits, Logits = LogitsRows.All }, cancellationToken).ConfigureAwait(false);
        counter.Drafts++;
        var matches = 0;
        for (var row = 0; row < count; row++)
        {
            if (result.ArgMax(row) == tokens.Span[start + 1 + row]) matches++;
        }

        return (double)matches / count;
    }

    public void EndRound()
    {
        _fork?.Dispose();
        _fork = null;
    }

    public void Close(ReadOnlySpan<int> text) => EndRound();
}
