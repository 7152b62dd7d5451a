namespace Decant.Decoding;

/// <summary>Scores answers that exist already: how faithful they look to the documents in their prompts. Safe for concurrent use.</summary>
public sealed class LookbackDetector
{
    // Attention maps of so many tokens at a time.
    private const int MapRows = 16;
    private const int PromptRows = 256;

    private readonly ICausalModel _model;
    private readonly LookbackClassifier _classifier;

    /// <summary>Creates a detector.</summary>
    /// <param name="model">The model that the classifier was trained on, with <see cref="ModelCapabilities.AttentionMaps"/>. It need not be the one that wrote the answers.</param>
    /// <param name="classifier">The classifier.</param>
    /// <exception cref="ArgumentException">The two do not belong together.</exception>
    public LookbackDetector(ICausalModel model, LookbackClassifier classifier)
    {
        ArgumentNullException.ThrowIfNull(model);
        ArgumentNullException.ThrowIfNull(classifier);
        if (classifier.Layers != model.Info.LayerCount || classifier.Heads != model.Info.HeadCount)
            throw new ArgumentException($"The classifier was trained for {classifier.Layers} layers of {classifier.Heads} heads, but {model.Info.Name} has {model.Info.LayerCount} of {model.Info.HeadCount}.", nameof(classifier));
        (_model, _classifier) = (model, classifier);
    }

    /// <summary>Mean lookback ratios of a stretch of an answer: what the classifier reads and <see cref="LookbackTrainer"/> learns from.</summary>
    /// <param name="model">A model with <see cref="ModelCapabilities.AttentionMaps"/>.</param>
    /// <param name="prompt">Every token before the answer; at least one.</param>
    /// <param name="context">Which of them are documents.</param>
    /// <param name="answer">The answer; at least one token.</param>
    /// <param name="chunkSize">Tokens per stretch; at least 1.</param>
    /// <param name="cancellationToken">Observed before each forward.</param>
    /// <returns>One row per stretch, with one ratio per layer and head, layer by layer.</returns>
    public static async Task<IReadOnlyList<float[]>> RatiosAsync(
        ICausalModel model, ReadOnlyMemory<int> prompt, TokenRange context, ReadOnlyMemory<int> answer, int chunkSize = 8, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(model);
        ArgumentOutOfRangeException.ThrowIfLessThan(prompt.Length, 1, nameof(prompt));
        ArgumentOutOfRangeException.ThrowIfLessThan(answer.Length, 1, nameof(answer));
        ArgumentOutOfRangeException.ThrowIfLessThan(chunkSize, 1);
        if (context.Start < 0 || context.Length < 1 || context.End > prompt.Length) throw new ArgumentException($"The context {context} is empty or outside the prompt of {prompt.Length} tokens.", nameof(context));

        using var sequence = model.OpenSequence();
        for (var rest = prompt[..^1]; rest.Length > 0; rest = rest[Math.Min(PromptRows, rest.Length)..])
            (await sequence.ForwardAsync(new ForwardInput(rest[..Math.Min(PromptRows, rest.Length)]) { Logits = LogitsRows.None }, cancellationToken).ConfigureAwait(false)).Dispose();

        // A token is drawn from the row of the one before it.
        int[] readers = [prompt.Span[^1], .. answer.Span[..^1]];
        var (layers, heads) = (model.Info.LayerCount, model.Info.HeadCount);
        var ratios = new LookbackRatios(layers, heads, context);
        var chunks = new List<float[]>();
        for (var start = 0; start < readers.Length; start += MapRows)
        {
            var rows = readers.AsMemory(start, Math.Min(MapRows, readers.Length - start));
            using var result = await sequence.ForwardAsync(new ForwardInput(rows) { Logits = LogitsRows.None, Taps = LookbackRatios.Taps(layers) }, cancellationToken).ConfigureAwait(false);
            for (var row = 0; row < rows.Length; row++)
            {
                ratios.Add(result, row);
                if ((start + row + 1) % chunkSize != 0 && start + row + 1 != readers.Length) continue;
                chunks.Add(ratios.Mean.ToArray());
                ratios.Clear();
            }
        }

        return chunks;
    }

    /// <summary>Scores an answer.</summary>
    /// <inheritdoc cref="RatiosAsync"/>
    public async Task<LookbackScore> ScoreAsync(
        ReadOnlyMemory<int> prompt, TokenRange context, ReadOnlyMemory<int> answer, int chunkSize = 8, CancellationToken cancellationToken = default)
    {
        var chunks = await RatiosAsync(_model, prompt, context, answer, chunkSize, cancellationToken).ConfigureAwait(false);
        var mean = new float[chunks[0].Length];
        for (var chunk = 0; chunk < chunks.Count; chunk++)
        {
            var share = (float)Math.Min(chunkSize, answer.Length - (chunk * chunkSize)) / answer.Length;
            for (var i = 0; i < mean.Length; i++) mean[i] += share * chunks[chunk][i];
        }

        return new LookbackScore(_classifier.Probability(mean), [.. chunks.Select(chunk => _classifier.Probability(chunk))]);
    }
}
