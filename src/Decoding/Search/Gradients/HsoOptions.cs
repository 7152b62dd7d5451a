using System.Runtime.CompilerServices;

namespace Decant.Decoding;

/// <summary>
/// Hidden-state optimisation: behind every chunk of the answer, the cached keys and values in front of the chunk are moved a gradient step towards making it likelier, and the chunk is read again. Only tokens
/// that are certain already are used.
/// </summary>
/// <remarks>
/// After Yoshida and Gimpel, "Reconsidering the Past: Optimizing Hidden States in Language Models" (2021). Adam's moments begin anew with every chunk. Moved keys and values are on a fork: what the client keeps of
/// the prompt stays the model's own. A chunk costs a forward for every loss and one to read it again. Needs <see cref="ModelCapabilities.Gradients"/>.
/// </remarks>
public sealed record HsoOptions : SearchOptions
{
    /// <inheritdoc/>
    public override string Kind => "hidden-state-optimization";

    /// <summary>Tokens of a chunk; 1 … 1024. Default: 25.</summary>
    public int Chunk { get; init; } = 25;

    /// <summary>Adam's learning rate; above 0, at most 1. Default: 0.003.</summary>
    public double LearningRate { get; init; } = 3e-3;

    /// <summary>Steps for each chunk; 0 (plain decoding) … 100. Default: 1.</summary>
    public int Steps { get; init; } = 1;

    /// <inheritdoc/>
    public override void Validate()
    {
        Check(Chunk is >= 1 and <= 1024, Chunk, nameof(Chunk), "from 1 to 1024");
        Check(LearningRate is > 0 and <= 1, LearningRate, nameof(LearningRate), "above 0 and at most 1");
        Check(Steps is >= 0 and <= 100, Steps, nameof(Steps), "from 0 to 100 (0 is plain decoding)");
    }

    /// <inheritdoc/>
    public override ISearch Compile(PlanContext context)
    {
        ArgumentNullException.ThrowIfNull(context);
        context.Require(Kind, ModelCapabilities.Fork | ModelCapabilities.Gradients);
        return new HiddenStateOptimization(this);
    }
}

internal sealed class HiddenStateOptimization(HsoOptions options) : ISearch
{
    public async IAsyncEnumerable<GeneratedToken> RunAsync(SearchRun run, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        using var text = Hypothesis.Of(run);
        var batch = new HypothesisBatch(run);
        while (text.IsOpen)
        {
            await batch.RowsAsync([text], (_, _, _) => text.Append(text.Draw(), text.Row, run.Limits), cancellationToken).ConfigureAwait(false);
            if (text.DeadEnd is { } exception) throw exception;
            yield return new GeneratedToken(text.State.Generated[^1], text.Finish);
            if (text.IsOpen && options.Steps > 0 && text.State.Generated.Length % options.Chunk == 0) await OptimizeAsync(text, cancellationToken).ConfigureAwait(false);
        }
    }

    private async ValueTask OptimizeAsync(Hypothesis text, CancellationToken cancellationToken)
    {
        // The token in front of the chunk predicts its first one.
        var chunk = text.State.Tokens[^(options.Chunk + 1)..].ToArray();
        text.Branches.TakeBack(chunk.Length);
        if (text.Branches.Target.Length > 0)
        {
            var descent = new CacheDescent(chunk, options.Steps, options.LearningRate) { Keep = true };
            var result = await ((IDifferentiableSequence)text.Branches.Target).DescendAsync(descent, cancellationToken).ConfigureAwait(false);
            text.Branches.Counter.Target += result.Losses.Count;
        }

        text.Branches.Feed(chunk);
    }
}
