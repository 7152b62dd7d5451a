using System.Runtime.CompilerServices;

namespace Decant.Decoding;

/// <summary>
/// Minimum Bayes risk: draws N whole texts and answers with the one that is most like all of them, argmax over y of Σ w(h) · u(y, h). Not the likeliest text, but the one in the middle of what the model would say.
/// </summary>
/// <remarks>
/// <para>Source: Eikema and Aziz, "Is MAP Decoding All You Need?", 2020. Texts are drawn as <see cref="BestOfOptions"/> draws them; a text's weight is the share of draws that gave it, so that sampling's own
/// probabilities count once. Candidates are the texts that were drawn. Among equals the likelier one counts. The score is the expected utility, from 0 to 1.</para>
/// <para>Reasoning is not compared, and neither are texts that were cut off where others were not. Costs N² comparisons. The answer comes when all have ended.</para>
/// </remarks>
public sealed record MbrOptions : SearchOptions
{
    /// <inheritdoc/>
    public override string Kind => "minimum-bayes-risk";

    /// <summary>Texts to draw; 2 … 256. Default: 16.</summary>
    public int N { get; init; } = 16;

    /// <summary>How alike two texts are. Default: <see cref="MbrUtility.Chrf"/>.</summary>
    public MbrUtility Utility { get; init; }

    /// <summary>How many different texts to answer with at most, each a message of its own with its score, the best first; 1 … <see cref="N"/>. Default: 1.</summary>
    public int Results { get; init; } = 1;

    /// <inheritdoc/>
    internal override int Answers => Results;

    /// <inheritdoc/>
    public override void Validate()
    {
        Check(N is >= 2 and <= 256, N, nameof(N), "from 2 to 256");
        Check(Enum.IsDefined(Utility), Utility, nameof(Utility), "a known utility");
        Check(Results >= 1 && Results <= N, Results, nameof(Results), $"from 1 to {nameof(N)}");
    }

    internal override bool Speculates => true;

    /// <inheritdoc/>
    public override ISearch Compile(PlanContext context)
    {
        ArgumentNullException.ThrowIfNull(context);
        context.Require(Kind, ModelCapabilities.Fork);
        context.RequireDraws(Kind);
        return new MbrSearch(this, context.Vocabulary);
    }
}

internal sealed class MbrSearch(MbrOptions options, ITokenVocabulary vocabulary) : ISearch
{
    public bool SharesPrompt => true;

    public bool GivesSeveral => options.Results > 1;

    public async IAsyncEnumerable<GeneratedToken> RunAsync(SearchRun run, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        using var drawn = await DrawnTexts.DrawAsync(run, options.N, cancellationToken).ConfigureAwait(false);
        var (texts, reader) = (drawn.Whole, new AnswerText(vocabulary, run.Plan.Reasoning));
        var different = texts.GroupBy(text => reader.Read(text.State.Generated.ToArray()))
            .Select(same => (Best: same.MaxBy(text => text.LogProbability)!, Weight: same.Count() / (double)texts.Count, Profile: NgramProfile.Of(same.Key, options.Utility))).ToList();
        foreach (var (best, _, profile) in different)
        {
            cancellationToken.ThrowIfCancellationRequested();
            best.Score = different.Sum(other => other.Weight * profile.Score(other.Profile));
        }

        var ranked = different.Select(text => text.Best).OrderByDescending(text => text.Score).ThenByDescending(text => text.LogProbability);
        foreach (var token in SearchRun.Answer(ranked.Take(options.Results))) yield return token;
    }
}
