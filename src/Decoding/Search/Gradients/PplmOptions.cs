using System.Runtime.CompilerServices;

namespace Decant.Decoding;

/// <summary>
/// PPLM: before each token, the cached keys and values are moved a few gradient steps towards a next token out of a bag of words, or towards what a trained head finds likely to have an attribute; the token is drawn from the geometric mean of what the model says with and without.
/// </summary>
/// <remarks>
/// Dathathri et al., "Plug and Play Language Models" (2020). Each token begins from the model's own keys and values, where the published code goes on with the moved ones; nothing that is moved is kept. The bag takes
/// the forms of the words, with and without a space in front, that are one token each. A token costs a forward for every loss beside its own. Needs <see cref="ModelCapabilities.Gradients"/>.
/// </remarks>
public sealed record PplmOptions : SearchOptions
{
    /// <inheritdoc/>
    public override string Kind => "pplm";

    /// <summary>The bag: words to come back to. Empty only with a <see cref="Head"/>.</summary>
    public ValueList<string> Words { get; init; } = [];

    /// <summary>The name of a <see cref="LinearHead"/> among the client's services, trained on this model's final hidden states to tell texts with the attribute from others. Null: none.</summary>
    public string? Head { get; init; }

    /// <summary>Steps for each token; 0 (plain decoding) … 100. Default: 3.</summary>
    public int Steps { get; init; } = 3;

    /// <summary>Size of a step; above 0, at most 10. Default: 0.02.</summary>
    public double StepSize { get; init; } = 0.02;

    /// <summary>The power of its norm that a layer's gradient is divided by; 0 … 4. Default: 1.5.</summary>
    public double Gamma { get; init; } = 1.5;

    /// <summary>Weight of the moved row in the geometric mean; 0 (plain decoding) … 1. Default: 0.9.</summary>
    public float GmScale { get; init; } = 0.9f;

    /// <summary>What the divergence from the unmoved row adds to the loss; 0 … 100. Default: 0.01.</summary>
    public double KlScale { get; init; } = 0.01;

    /// <summary>How many of the likeliest tokens can be drawn; at least 1. Others come only where constraints leave nothing else. Default: 10.</summary>
    public int TopK { get; init; } = 10;

    /// <inheritdoc/>
    public override void Validate()
    {
        Check((Words.Count > 0 || Head is not null) && Words.All(word => word is { Length: > 0 }), Words, nameof(Words), $"at least one word, or a {nameof(Head)}, and no word empty");
        Check(Head is not "", Head, nameof(Head), "the name of a head, or null for none");
        Check(Steps is >= 0 and <= 100, Steps, nameof(Steps), "from 0 to 100 (0 is plain decoding)");
        Check(StepSize is > 0 and <= 10, StepSize, nameof(StepSize), "above 0 and at most 10");
        Check(Gamma is >= 0 and <= 4, Gamma, nameof(Gamma), "from 0 to 4");
        Check(GmScale is >= 0 and <= 1, GmScale, nameof(GmScale), "from 0 to 1 (0 is plain decoding)");
        Check(KlScale is >= 0 and <= 100, KlScale, nameof(KlScale), "from 0 to 100");
        Check(TopK >= 1, TopK, nameof(TopK), "at least 1");
    }

    /// <inheritdoc/>
    public override ISearch Compile(PlanContext context)
    {
        ArgumentNullException.ThrowIfNull(context);
        context.Require(Kind, ModelCapabilities.Fork | ModelCapabilities.Gradients);
        if (context.Options.Contrast is { } contrast) throw new ArgumentException($"\"{Kind}\" makes the row of logits itself, and so does \"{contrast.Kind}\": leave out one of them.");
        int[] bag = [.. Words.SelectMany(word => Forms(word, context)).Distinct()];
        var head = Head is null ? null : context.Services.Get<LinearHead>(Head, $"{Kind}: {nameof(Head)}");
        if (head is not null && head.Width != context.Model.HiddenSize)
            throw new ArgumentException($"{Kind}: the head \"{Head}\" was trained on states of {head.Width} numbers, and those of {context.Model.Name} have {context.Model.HiddenSize}. Train one on this model.");
        return new PlugAndPlay(this, bag, head);
    }

    private int[] Forms(string word, PlanContext context)
    {
        int[] forms = [.. new[] { word, " " + word }.Select(context.Encode).Where(tokens => tokens.Length == 1).Select(tokens => tokens[0])];
        return forms.Length > 0 ? forms : throw new ArgumentException($"{Kind}: no form of the word \"{word}\" is one token of this model. Take others for {nameof(Words)}.");
    }
}

internal sealed class PlugAndPlay(PplmOptions options, int[] bag, LinearHead? head) : ISearch
{
    private readonly TruncatedSampler _likeliest = new(new SamplingOptions { TopK = options.TopK }, []);

    public async IAsyncEnumerable<GeneratedToken> RunAsync(SearchRun run, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        using var text = Hypothesis.Of(run);
        var batch = new HypothesisBatch(run);
        var scratch = new TokenDistribution();
        while (text.IsOpen)
        {
            var moved = await MoveAsync(text, cancellationToken).ConfigureAwait(false);
            await batch.RowsAsync([text], (_, _, step) =>
            {
                if (moved is not null) run.Plan.Target.Row(new BranchRows(Fuse(step.Rows().Main, moved, scratch)), text.State, text.Row);
                text.Append(text.Draw(), text.Row, run.Limits);
            }, cancellationToken).ConfigureAwait(false);
            if (text.DeadEnd is { } exception) throw exception;
            yield return new GeneratedToken(text.State.Generated[^1], text.Finish);
        }
    }

    /// <summary>The next token's logits with moved keys and values, or null where there is nothing to move.</summary>
    private async ValueTask<float[]?> MoveAsync(Hypothesis text, CancellationToken cancellationToken)
    {
        var branch = text.Branches.Branches[0];
        if (options.Steps == 0 || options.GmScale == 0 || branch.Sequence.Length == 0) return null;
        var descent = new CacheDescent(branch.Pending.ToArray(), options.Steps, options.StepSize) { Words = bag, Head = head, KlScale = options.KlScale, Gamma = options.Gamma };
        var result = await ((IDifferentiableSequence)branch.Sequence).DescendAsync(descent, cancellationToken).ConfigureAwait(false);
        text.Branches.Counter.Target += result.Losses.Count;
        return result.Logits;
    }

    private ReadOnlySpan<float> Fuse(ReadOnlySpan<float> own, float[] moved, TokenDistribution scratch)
    {
        var fused = scratch.LogitsBuffer(own.Length);
        RowMath.Weigh(RowMath.LogSoftmax(moved, scratch.Scratch.Floats(0, own.Length)), options.GmScale, RowMath.LogSoftmax(own, scratch.Scratch.Floats(1, own.Length)), 1 - options.GmScale, fused);
        scratch.Best = RowScan.IndexOfMax(fused);
        if (!float.IsFinite(fused[scratch.Best])) return fused;
        _likeliest.Fill(fused, scratch, excludes: false);
        RowMath.PutOthersAside(scratch.Ids, fused, scratch.Scratch);
        return fused;
    }
}
