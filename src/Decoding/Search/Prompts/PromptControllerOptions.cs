using System.Runtime.CompilerServices;

namespace Decant.Decoding;

/// <summary>
/// Control prompts steered by rewards: the model reads the call with several system messages side by side and every token is drawn from the mixture Σ w(j) · p(j) of their distributions. Now and then each prompt
/// alone writes the text on for a while, and w is set to softmax(eta · reward) of what they wrote.
/// </summary>
/// <remarks>
/// <para>An interpretation, not a reproduction, of RLDAF (control by adjusting prompts from a classifier's feedback), whose trained parts and details are not public: there is no training, and the weights look
/// ahead instead of learning. The mixture is exact for its weights; these depend on lookaheads that are drawn, as the text is, with noise of their own.</para>
/// <para>The prompts take the place of the call's system message. Rewards score the text so far with each lookahead; a lookahead that comes to a place where nothing may follow has the weight 0, and where all
/// do, or rewards or the budget are spent, the weights stay. They begin alike. With P prompts, a token costs P rows, a token of the lookaheads P². Tokens come in pieces of <see cref="UpdateEvery"/>.</para>
/// </remarks>
public sealed record PromptControllerOptions : RewardedSearchOptions
{
    /// <inheritdoc/>
    public override string Kind => "prompt-controller";

    /// <summary>The system messages; 2 … 16, all different, none empty.</summary>
    public ValueList<string> Prompts { get; init; } = [];

    /// <summary>How much a unit of reward counts; 0 … 1000. 0 mixes all prompts alike and looks nowhere. Default: 2.</summary>
    public double Eta { get; init; } = 2;

    /// <summary>After how many tokens the weights are set anew, and how far the lookaheads go; at least 1. Default: 16.</summary>
    public int UpdateEvery { get; init; } = 16;

    /// <inheritdoc/>
    public override void Validate()
    {
        base.Validate();
        Check(Prompts.Count is >= 2 and <= 16 && Prompts.Distinct().Count() == Prompts.Count && !Prompts.Contains(""), Prompts, nameof(Prompts), "from 2 to 16 texts, all different, none empty");
        Check(Eta is >= 0 and <= 1000, Eta, nameof(Eta), "from 0 to 1000");
        Check(UpdateEvery >= 1, UpdateEvery, nameof(UpdateEvery), "at least 1");
    }

    /// <inheritdoc/>
    public override ISearch Compile(PlanContext context)
    {
        ArgumentNullException.ThrowIfNull(context);
        context.Require(Kind, ModelCapabilities.Fork);
        if (context.Options.Contrast is { } contrast) throw Excludes(contrast, "combines rows of others");
        if (context.Options.Constraints?.OfType<TokenHealingOptions>().FirstOrDefault() is { } healing) throw Excludes(healing, "shortens one of them");
        return new PromptController(this, CompileRewards(context, partial: true));
    }

    private ArgumentException Excludes(Strategy other, string because) => new($"\"{Kind}\" has prompts of its own, and \"{other.Kind}\" {because}: leave out one of them.");
}

internal sealed class PromptController(PromptControllerOptions options, RewardModel rewards) : ISearch
{
    public ILogitPolicy Policy { get; } = new PromptMixture(options.Prompts);

    public bool SharesPrompt => true;

    public async IAsyncEnumerable<GeneratedToken> RunAsync(SearchRun run, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        using var text = Hypothesis.Of(run);
        var (batch, scorer, given) = (new HypothesisBatch(run), rewards.Open(run), 0);
        while (text.IsOpen)
        {
            await WeighAsync(run, text, batch, scorer, cancellationToken).ConfigureAwait(false);
            await batch.ExtendAsync([text], options.UpdateEvery, cancellationToken).ConfigureAwait(false);
            for (; given < text.State.Generated.Length; given++) yield return new GeneratedToken(text.State.Generated[given], given == text.State.Generated.Length - 1 ? text.Finish : null);
        }

        if (text.DeadEnd is not null) throw text.DeadEnd;
    }

    /// <summary>Weights that are proportional to exp(eta · reward).</summary>
    public static float[] Weights(double eta, ReadOnlySpan<double> rewards)
    {
        var best = double.NegativeInfinity;
        foreach (var reward in rewards) best = Math.Max(best, reward);
        var weights = new float[rewards.Length];
        for (var i = 0; i < weights.Length; i++) weights[i] = (float)Math.Exp(eta * (rewards[i] - best));
        var sum = weights.Sum();
        return Array.ConvertAll(weights, weight => weight / sum);
    }

    private async ValueTask WeighAsync(SearchRun run, Hypothesis text, HypothesisBatch batch, RewardScorer scorer, CancellationToken cancellationToken)
    {
        var count = options.Prompts.Count;
        if (options.Eta == 0 || scorer.IsSpent || run.Limits.IsSpent(run.Branches.Counter, count * (count + 1))) return;
        List<Hypothesis> ahead = [];
        try
        {
            for (var i = 0; i < count; i++)
            {
                ahead.Add(text.Fork(text.State.Noise.Derive(i + 1)));
                ahead[i].State.PromptWeights = PromptWeights.Only(i, count);
            }

            await batch.ExtendAsync(ahead, options.UpdateEvery, cancellationToken).ConfigureAwait(false);
            var written = ahead.FindAll(each => each.DeadEnd is null);
            if (written.Count == 0) return;
            await scorer.ScoreAsync(written, cancellationToken).ConfigureAwait(false);
            var scores = ahead.Select(each => each.DeadEnd is null ? each.Reward : double.NegativeInfinity);
            text.State.PromptWeights!.Set(text.State.Position, Weights(options.Eta, [.. scores]));
        }
        finally
        {
            foreach (var each in ahead) each.Dispose();
        }
    }
}
