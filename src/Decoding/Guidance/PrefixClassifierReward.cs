namespace Decant.Decoding;

/// <summary>How likely a text has the attribute of a <see cref="PrefixClassifier"/>, 0 … 1: the same file serves guidance and searches. Beginnings are what it was trained on.</summary>
/// <param name="classifier">The classifier; of the vocabulary of the texts' tokens.</param>
/// <param name="target">True to score the attribute, false its absence.</param>
/// <param name="encode">Turns a text into its tokens; null where only texts that a model wrote, in tokens, are scored.</param>
public sealed class PrefixClassifierReward(PrefixClassifier classifier, bool target = true, Func<string, int[]>? encode = null) : IReward
{
    /// <inheritdoc/>
    public double Minimum => 0;

    /// <inheritdoc/>
    public double Maximum => 1;

    /// <inheritdoc/>
    /// <exception cref="InvalidOperationException">A text has no tokens, and there is nothing to make some.</exception>
    public ValueTask<IReadOnlyList<double>> ScoreAsync(RewardContext context, IReadOnlyList<RewardCandidate> candidates, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(candidates);
        var scores = new double[candidates.Count];
        for (var i = 0; i < scores.Length; i++)
        {
            cancellationToken.ThrowIfCancellationRequested();
            var probability = classifier.Probability(Tokens(candidates[i]));
            scores[i] = target ? probability : 1 - probability;
        }

        return ValueTask.FromResult<IReadOnlyList<double>>(scores);
    }

    private ReadOnlySpan<int> Tokens(RewardCandidate candidate)
    {
        if (!candidate.Tokens.IsEmpty || candidate.Text.Length == 0) return candidate.Tokens.Span;
        return encode is not null
            ? encode(candidate.Text)
            : throw new InvalidOperationException($"A {nameof(PrefixClassifier)} reads tokens, and a text came without: give the {nameof(PrefixClassifierReward)} the tokenizer's Encode.");
    }
}
