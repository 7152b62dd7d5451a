using System.Numerics.Tensors;
using Decant.Connectors.Text;
using Decant.Decoding;

namespace Decant.Connectors.Rewards;

/// <summary>Final hidden states of texts, one for each: what a <see cref="LinearHead"/> is trained on and reads. Safe for concurrent use.</summary>
internal sealed class TextStates
{
    // Bounds memory.
    private const int AtOnce = 16;
    private static readonly Taps _taps = new() { FinalHidden = true };

    private readonly ICausalModel _model;
    private readonly TextTokenizer _tokenizer;
    private readonly StatePooling _pooling;

    /// <exception cref="ArgumentException">The model gives no hidden states.</exception>
    public TextStates(ICausalModel model, TextTokenizer tokenizer, StatePooling pooling)
    {
        ArgumentNullException.ThrowIfNull(model);
        ArgumentNullException.ThrowIfNull(tokenizer);
        if (!model.Info.Capabilities.HasFlag(ModelCapabilities.HiddenStates)) throw new ArgumentException($"This needs a model with {ModelCapabilities.HiddenStates}, which {model.Info.Name} has not. Use another engine.", nameof(model));
        (_model, _tokenizer, _pooling) = (model, tokenizer, pooling);
    }

    /// <summary>Reads texts, some in each forward.</summary>
    /// <returns>A state for each; zeros for a text without tokens.</returns>
    /// <exception cref="ContextOverflowException">A text does not fit in the model's context.</exception>
    public async ValueTask<float[][]> ReadAsync(IReadOnlyList<string> texts, CancellationToken cancellationToken)
    {
        var states = texts.Select(_ => new float[_model.Info.HiddenSize]).ToArray();
        var rows = texts.Select((text, index) => (Tokens: _tokenizer.Encode(text, parseSpecialTokens: false), State: states[index])).Where(row => row.Tokens.Length > 0);
        foreach (var some in rows.Chunk(AtOnce)) await ReadAsync(some, cancellationToken).ConfigureAwait(false);
        return states;
    }

    private async ValueTask ReadAsync((int[] Tokens, float[] State)[] rows, CancellationToken cancellationToken)
    {
        var sequences = Array.ConvertAll(rows, _ => _model.OpenSequence());
        try
        {
            var batch = rows.Zip(sequences, (row, sequence) => new SequenceForward(sequence, new ForwardInput(row.Tokens) { Logits = LogitsRows.None, Taps = _taps })).ToArray();
            foreach (var (index, result) in (await _model.ForwardAsync(batch, cancellationToken).ConfigureAwait(false)).Index())
            {
                using (result) Pool(result, rows[index].State);
            }
        }
        finally
        {
            foreach (var sequence in sequences) sequence.Dispose();
        }
    }

    private void Pool(ForwardResult result, Span<float> state)
    {
        for (var row = _pooling == StatePooling.Last ? result.RowCount - 1 : 0; row < result.RowCount; row++) TensorPrimitives.Add(state, result.FinalHidden(row), state);
        if (_pooling == StatePooling.Mean) TensorPrimitives.Divide(state, result.RowCount, state);
    }
}
