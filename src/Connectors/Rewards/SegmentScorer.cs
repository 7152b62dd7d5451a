using System.Numerics.Tensors;
using Decant.Connectors.Text;
using Decant.Decoding;

namespace Decant.Connectors.Rewards;

/// <summary>How well a text follows the request: the dot product of their images under <see cref="SegmentProjections"/>. Beginnings are texts like others.</summary>
/// <remarks>
/// Krishna et al., "RankGen: Improving Text Generation with Large Ranking Models" (2022), with projections of a causal model's states in place of an encoder of its own. The request is read once for as long as it
/// stays the same.
/// </remarks>
public sealed class SegmentScorer : IReward
{
    private readonly TextStates _states;
    private readonly SegmentProjections _projections;
    private Tuple<string, float[]>? _prefix;

    /// <summary>Creates a reward.</summary>
    /// <param name="model">The model whose states the projections were trained on; the caller keeps it.</param>
    /// <param name="tokenizer">Its tokenizer.</param>
    /// <param name="projections">The projections.</param>
    /// <exception cref="ArgumentException">The model gives no hidden states, or those it gives have another width.</exception>
    public SegmentScorer(ICausalModel model, TextTokenizer tokenizer, SegmentProjections projections)
    {
        ArgumentNullException.ThrowIfNull(projections);
        _states = new TextStates(model, tokenizer, projections.Pooling);
        if (projections.StateSize != model.Info.HiddenSize)
            throw new ArgumentException($"The projections read states of {projections.StateSize} numbers, and those of {model.Info.Name} have {model.Info.HiddenSize}: use the model they were trained with.", nameof(projections));
        _projections = projections;
    }

    /// <inheritdoc/>
    public int MaxBatch => 16;

    /// <inheritdoc/>
    public async ValueTask<IReadOnlyList<double>> ScoreAsync(RewardContext context, IReadOnlyList<RewardCandidate> candidates, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(context);
        var prefix = Volatile.Read(ref _prefix);
        if (prefix?.Item1 != context.Prompt)
        {
            var state = (await _states.ReadAsync([context.Prompt], cancellationToken).ConfigureAwait(false))[0];
            Volatile.Write(ref _prefix, prefix = Tuple.Create(context.Prompt, _projections.Prefix(state)));
        }

        var states = await _states.ReadAsync([.. candidates.Select(candidate => candidate.Text)], cancellationToken).ConfigureAwait(false);
        return [.. states.Select(state => (double)TensorPrimitives.Dot<float>(prefix!.Item2, _projections.Continuation(state)))];
    }
}
