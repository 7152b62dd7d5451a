using System.Runtime.CompilerServices;

namespace Decant.Decoding;

/// <summary>
/// Lookback-lens guided decoding: draws several continuations of a few tokens, keeps the one that a classifier of attention finds most faithful to the call's documents,
/// and goes on from there.
/// </summary>
/// <remarks>
/// Source: Chuang and others, "Lookback Lens: Detecting and Mitigating Contextual Hallucinations in Large Language Models Using Only Attention Maps", 2024. Needs
/// documents, sampling that draws (a temperature above 0), and a classifier trained for the model (<see cref="LookbackTrainer"/>). Candidates are drawn from the plan's
/// distribution and run in one batch; the first of them draws what plain decoding would.
/// </remarks>
public sealed record LookbackGuidanceOptions : SearchOptions
{
    /// <inheritdoc/>
    public override string Kind => "lookback-guidance";

    /// <summary>The name of a registered <see cref="LookbackClassifier"/>; required.</summary>
    public string Classifier { get; init; } = "";

    /// <summary>Tokens of a continuation; at least 1. Default: 8.</summary>
    public int ChunkSize { get; init; } = 8;

    /// <summary>Continuations to choose from; at least 1. 1 is plain decoding. Default: 8.</summary>
    public int Candidates { get; init; } = 8;

    /// <inheritdoc/>
    public override void Validate()
    {
        Check(!string.IsNullOrEmpty(Classifier), Classifier, nameof(Classifier), "the name of a LookbackClassifier in the client's services");
        Check(ChunkSize >= 1, ChunkSize, nameof(ChunkSize), "at least 1");
        Check(Candidates >= 1, Candidates, nameof(Candidates), "at least 1");
    }

    /// <inheritdoc/>
    public override ISearch Compile(PlanContext context)
    {
        ArgumentNullException.ThrowIfNull(context);
        context.Require(Kind, ModelCapabilities.Fork | ModelCapabilities.AttentionMaps);
        var model = context.Model;
        if (Candidates > 1 && context.Options.Sampling?.IsGreedy == true)
            throw new ArgumentException($"{Kind} chooses between continuations that are drawn, and greedy sampling draws the same one every time: set the temperature (ChatOptions.Temperature or sampling.temperature) above 0.");
        var classifier = context.Services.Get<LookbackClassifier>(Classifier, $"{Kind}: {nameof(Classifier)}");
        if (classifier.Layers != model.LayerCount || classifier.Heads != model.HeadCount)
            throw new ArgumentException($"{Kind}: the classifier \"{Classifier}\" was trained for {classifier.Layers} layers of {classifier.Heads} heads, but {model.Name} has {model.LayerCount} of {model.HeadCount}. Train one for this model.");
        return new LookbackGuidance(this, classifier);
    }
}

internal sealed class LookbackGuidance(LookbackGuidanceOptions options, LookbackClassifier classifier) : ISearch
{
    public Taps Taps { get; } = LookbackRatios.Taps(classifier.Layers);

    public bool NeedsContext => true;

    public async IAsyncEnumerable<GeneratedToken> RunAsync(SearchRun run, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        var context = run.ContextTokens!.Value;
        var continuations = Enumerable.Range(0, options.Candidates)
            .Select(index => new LookbackCandidate(run, run.State.Noise.Derive(index), new LookbackRatios(classifier.Layers, classifier.Heads, context))).ToList();
        var batch = new BranchBatch();
        var state = run.State;
        try
        {
            for (var generated = 0; ;)
            {
                await ContinueAsync(run, state, generated, continuations, batch, cancellationToken).ConfigureAwait(false);
                var best = continuations.MaxBy(candidate => classifier.Probability(candidate.Ratios.Mean))!;
                state = best.State;
                generated += best.Tokens.Count;
                int[] tokens = [.. best.Tokens];
                for (var i = 0; i < tokens.Length; i++) yield return new GeneratedToken(tokens[i], i == tokens.Length - 1 ? best.Finish : null);
                if (best.Finish is not null) yield break;
                run.Branches.Feed(tokens);
            }
        }
        finally
        {
            foreach (var candidate in continuations) candidate.Dispose();
        }
    }

    /// <summary>Draws a chunk for each candidate. All share the forward of their first tokens, which is that of the last chunk's tokens too.</summary>
    private async ValueTask ContinueAsync(SearchRun run, GenerationState state, int generated, List<LookbackCandidate> candidates, BranchBatch batch, CancellationToken cancellationToken)
    {
        using (var step = await run.Branches.ForwardAsync(1, run.Plan.Taps, null, cancellationToken).ConfigureAwait(false))
        {
            foreach (var candidate in candidates) candidate.Begin(state, generated, step);
        }

        for (var length = 1; length < options.ChunkSize; length++)
        {
            var open = candidates.FindAll(candidate => candidate.Finish is null);
            if (open.Count == 0) return;
            var steps = await batch.ForwardAsync(open.ConvertAll(candidate => candidate.Feed()), run.Plan.Taps, cancellationToken).ConfigureAwait(false);
            for (var i = 0; i < steps.Length; i++)
            {
                using var step = steps[i];
                open[i].Draw(step);
            }
        }
    }
}
