using Decant.Connectors.Text;
using Decant.Decoding;

namespace Decant.Connectors.Rewards;

/// <summary>A trained classifier as a reward: a model reads the text, and a logistic head on its final hidden states says how likely the text is of the wanted class, 0 … 1.</summary>
/// <remarks>The model may be the one that answers, or a smaller one with a vocabulary of its own.</remarks>
public sealed class ClassifierReward : IReward
{
    private readonly TextStates _states;
    private readonly LinearHead _head;
    private readonly bool _withPrompt;

    /// <summary>Creates a reward.</summary>
    /// <param name="model">What reads the texts; the caller keeps it.</param>
    /// <param name="tokenizer">Its tokenizer.</param>
    /// <param name="head">The head, trained on this model's states, pooled in the same way.</param>
    /// <param name="pooling">What becomes of a text's states. Default: their mean.</param>
    /// <param name="withPrompt">Whether the model reads the request and a line break in front of the answer. Default: no.</param>
    /// <param name="scoresPartial">Whether the head was trained on beginnings too, so that it can score a text that goes on. Default: no.</param>
    /// <exception cref="ArgumentException">The model gives no hidden states, or those it gives have another width than the head.</exception>
    public ClassifierReward(ICausalModel model, TextTokenizer tokenizer, LinearHead head, StatePooling pooling = StatePooling.Mean, bool withPrompt = false, bool scoresPartial = false)
    {
        ArgumentNullException.ThrowIfNull(head);
        _states = new TextStates(model, tokenizer, pooling);
        if (head.Width != model.Info.HiddenSize) throw new ArgumentException($"The head reads states of {head.Width} numbers, and those of {model.Info.Name} have {model.Info.HiddenSize}: use the model it was trained with.", nameof(head));
        (_head, _withPrompt, ScoresPartial) = (head, withPrompt, scoresPartial);
    }

    /// <inheritdoc/>
    public bool ScoresPartial { get; }

    /// <inheritdoc/>
    public double Minimum => 0;

    /// <inheritdoc/>
    public double Maximum => 1;

    /// <inheritdoc/>
    public int MaxBatch => 16;

    /// <inheritdoc/>
    public async ValueTask<IReadOnlyList<double>> ScoreAsync(RewardContext context, IReadOnlyList<RewardCandidate> candidates, CancellationToken cancellationToken)
    {
        var states = await _states.ReadAsync([.. candidates.Select(candidate => _withPrompt ? $"{context.Prompt}\n{candidate.Text}" : candidate.Text)], cancellationToken).ConfigureAwait(false);
        return [.. states.Select(state => 1 / (1 + Math.Exp(-_head.Score(state))))];
    }
}
