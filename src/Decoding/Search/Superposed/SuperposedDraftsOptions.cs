using System.Runtime.CompilerServices;

namespace Decant.Decoding;

/// <summary>
/// Gives several short drafts of what may come next, as an autocompletion does, at one forward per token for all of them: the model reads a weighted mean of the drafts' last tokens, and n-grams of
/// a corpus tell which continuation belongs to which draft.
/// </summary>
/// <remarks>
/// <para>Source: Shen and others, "Superposed Decoding: Multiple Generations from a Single Autoregressive Inference Pass", 2024. An approximation: behind the first token the model sees no draft
/// exactly, so keep drafts short. One draft without a corpus is greedy decoding.</para>
/// <para>Each draft is a message of its own, the best one first, all of them when the last token is known. A draft's score (<see cref="GeneratedToken.Score"/>) is the mean over its tokens of
/// (1 − α) ln P(model) + α ln P(corpus), or (1 − α) ln P(model) − penalty where the corpus has a token behind none of the draft's ends. P(model) is the probability among the candidates
/// at <see cref="Temperature"/>, on top of the sampling's own; nothing is drawn, so seeds do not matter. Where sampling is greedy, candidates are the likeliest tokens at temperature 1.</para>
/// <para>Processors, constraints and contrasts that need no branch hold in every draft by itself. A stop sequence cuts the draft that has it, and not its score.</para>
/// </remarks>
public sealed record SuperposedDraftsOptions : SearchOptions
{
    /// <inheritdoc/>
    public override string Kind => "superposed-drafts";

    /// <summary>How many drafts; 1 … 10. Default: 3.</summary>
    public int Drafts { get; init; } = 3;

    /// <inheritdoc/>
    internal override int Answers => Drafts;

    /// <summary>Most tokens of a draft; 1 … 256. The call's own limit holds as well. Default: 10.</summary>
    public int MaxTokens { get; init; } = 10;

    /// <summary>The temperature of the model's probabilities; above 0. Lower ones keep to the best draft. The authors take 0.06 with 3 drafts and 0.12 with 10. Default: 0.06.</summary>
    public double Temperature { get; init; } = 0.06;

    /// <summary>How many of the likeliest tokens each draft may go on with; at least <see cref="Drafts"/>. Null: three times as many.</summary>
    public int? Candidates { get; init; }

    /// <summary>The name of a <see cref="RetrievalStore"/> among the client's services, where n-grams are counted. Null: there is no corpus, and the model alone decides.</summary>
    public string? Corpus { get; init; }

    /// <summary>α, how much the corpus counts; 0 … 1. Only above 0 with <see cref="Corpus"/>. Null: 0.54 with one, 0 without.</summary>
    public double? Alpha { get; init; }

    /// <summary>λ: the weights of the corpus's probabilities behind a draft's last token, its last two, and so on; 1 to 8 of them, none below 0. Default: the authors'.</summary>
    public ValueList<double> NgramWeights { get; init; } = [0.01, 0.04, 0.15, 0.18, 0.12];

    /// <summary>What a token costs that the corpus has behind none of the draft's ends; at least 0. Default: 200.</summary>
    public double MissPenalty { get; init; } = 200;

    internal override bool Draws => false;

    /// <inheritdoc/>
    public override void Validate()
    {
        Check(Drafts is >= 1 and <= 10, Drafts, nameof(Drafts), "a number from 1 to 10");
        Check(MaxTokens is >= 1 and <= 256, MaxTokens, nameof(MaxTokens), "a number from 1 to 256");
        Check(Temperature is > 0 and <= 100, Temperature, nameof(Temperature), "above 0 and at most 100");
        Check(Candidates is null || Candidates >= Drafts, Candidates, nameof(Candidates), $"at least as many as {nameof(Drafts)}");
        Check(Corpus is not "", Corpus, nameof(Corpus), "the name of a store, or null for none");
        Check(Alpha is null or (>= 0 and <= 1), Alpha, nameof(Alpha), "a number from 0 to 1");
        Check(Corpus is not null || Alpha is null or 0, Alpha, nameof(Alpha), $"0 or left out without a {nameof(Corpus)}");
        Check(NgramWeights.Count is >= 1 and <= 8 && NgramWeights.All(weight => weight >= 0), NgramWeights, nameof(NgramWeights), "1 to 8 numbers from 0 on");
        Check(MissPenalty >= 0, MissPenalty, nameof(MissPenalty), "at least 0");
    }

    /// <inheritdoc/>
    public override ISearch Compile(PlanContext context)
    {
        ArgumentNullException.ThrowIfNull(context);
        context.Require(Kind, ModelCapabilities.EmbeddingInput | ModelCapabilities.Fork);
        if (context.Options.Contrast is { } contrast && contrast.Compile(context).Branches.Count > 1)
            throw new ArgumentException($"\"{Kind}\" has the model read several drafts at once, and \"{contrast.Kind}\" has branches that would have to read the same: leave out one of them, or use a contrast without branches.");
        var corpus = Corpus is null ? null : RetrievalStore.Named(Corpus, $"{Kind}: {nameof(Corpus)}", context);
        return new SuperposedDrafts(this, corpus, context.Options.Sampling?.IsGreedy == true);
    }
}

internal sealed class SuperposedDrafts(SuperposedDraftsOptions options, RetrievalStore? corpus, bool greedy) : ISearch
{
    public bool GivesSeveral => options.Drafts > 1;

    public async IAsyncEnumerable<GeneratedToken> RunAsync(SearchRun run, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        var drafts = new Superposition(run.Branches.Target.Model, run.Plan.Target, Scoring(), options.Drafts);
        var finish = await DraftAsync(run, drafts, cancellationToken).ConfigureAwait(false);
        var result = 0;
        foreach (var draft in drafts.Ranked)
        {
            cancellationToken.ThrowIfCancellationRequested();
            for (var i = 0; i < draft.Length; i++)
            {
                var isLast = i == draft.Length - 1;
                yield return new GeneratedToken(draft.Tokens[i], isLast ? draft.Ended ? FinishKind.EndToken : finish : null) { Result = result, Score = isLast ? draft.MeanScore : null };
            }

            result++;
        }
    }

    private SuperposedScoring Scoring() => new(
        options.Candidates ?? 3 * options.Drafts, options.Temperature, greedy,
        corpus is null || options.Alpha == 0 ? null : new NgramScore(corpus, options.NgramWeights), options.Alpha ?? 0.54, options.MissPenalty);

    /// <summary>Grows the drafts and returns why they ended. What the model reads of them is no text, so it is read on a fork that does not outlive them.</summary>
    private async ValueTask<FinishKind?> DraftAsync(SearchRun run, Superposition drafts, CancellationToken cancellationToken)
    {
        var (branches, limits) = (run.Branches, run.Limits);
        drafts.Begin(run.State);
        using (var step = await branches.ForwardAsync(1, run.Plan.Taps, null, cancellationToken).ConfigureAwait(false)) branches.Counter.Tokens += drafts.Grow(step.Rows(), limits);
        using var fork = branches.Target.Fork();
        var context = fork.Model.Info.ContextLength;
        var embedding = new float[fork.Model.Info.HiddenSize];
        var input = new ForwardInput { Embeddings = embedding, Edits = branches.Branches[0].Edits, Taps = run.Plan.Taps };
        var row = new BranchRow[1];
        for (var generated = 1; drafts.Growing.Count > 0; generated++)
        {
            var finish = generated == options.MaxTokens ? FinishKind.MaxTokens : limits.Finish(drafts.Growing[0].Token, generated, context - fork.Length, branches.Counter);
            if (finish is not null) return finish;
            drafts.Mix(embedding);
            cancellationToken.ThrowIfCancellationRequested();
            using var forward = await fork.ForwardAsync(input, cancellationToken).ConfigureAwait(false);
            branches.Counter.Target++;
            row[0] = new BranchRow(forward, 0);
            branches.Counter.Tokens += drafts.Grow(new BranchRows(row), limits);
        }

        return null;
    }
}
