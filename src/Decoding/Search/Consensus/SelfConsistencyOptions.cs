using System.Runtime.CompilerServices;
using System.Text.RegularExpressions;

namespace Decant.Decoding;

/// <summary>Self-consistency: draws N whole texts and answers with the likeliest of those that come to the answer most of them come to.</summary>
/// <remarks>
/// <para>Source: Wang and others, "Self-Consistency Improves Chain of Thought Reasoning in Language Models", 2022. Texts are drawn as <see cref="BestOfOptions"/> draws them. Of answers that equally many come to, the
/// one of the larger summed likelihood counts, then the one drawn first. The score is the share of the texts that agree; agreement is not truth.</para>
/// <para>Reasoning has no vote, and neither have texts that were cut off where others were not. The answer comes when all have ended.</para>
/// </remarks>
public sealed record SelfConsistencyOptions : SearchOptions
{
    /// <inheritdoc/>
    public override string Kind => "self-consistency";

    /// <summary>Texts to draw; 2 … 256. Default: 8.</summary>
    public int N { get; init; } = 8;

    /// <summary>
    /// A .NET regular expression whose one group is the answer, where it matches last: "The answer is (.+)". Without lookarounds, backreferences and atomic groups. A text without a match is its own answer. Null: the
    /// last number, see <see cref="FinalAnswer"/>.
    /// </summary>
    public string? Extract { get; init; }

    /// <summary>How many different answers to give at most, each a message of its own with its agreement, the best first; 1 … <see cref="N"/>. Default: 1.</summary>
    public int Results { get; init; } = 1;

    /// <inheritdoc/>
    internal override int Answers => Results;

    /// <inheritdoc/>
    public override void Validate()
    {
        Check(N is >= 2 and <= 256, N, nameof(N), "from 2 to 256");
        Check(Extract is null || FinalAnswer.Pattern(Extract) is not null, Extract, nameof(Extract), "a regular expression with one group, without lookarounds, backreferences and atomic groups, or null for the last number");
        Check(Results >= 1 && Results <= N, Results, nameof(Results), $"from 1 to {nameof(N)}");
    }

    internal override bool Speculates => true;

    /// <inheritdoc/>
    public override ISearch Compile(PlanContext context)
    {
        ArgumentNullException.ThrowIfNull(context);
        context.Require(Kind, ModelCapabilities.Fork);
        context.RequireDraws(Kind);
        return new SelfConsistency(this, context.Vocabulary);
    }
}

internal sealed class SelfConsistency(SelfConsistencyOptions options, ITokenVocabulary vocabulary) : ISearch
{
    private readonly Regex? _pattern = options.Extract is { } expression ? FinalAnswer.Pattern(expression) : null;

    public bool SharesPrompt => true;

    public bool GivesSeveral => options.Results > 1;

    public async IAsyncEnumerable<GeneratedToken> RunAsync(SearchRun run, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        using var drawn = await DrawnTexts.DrawAsync(run, options.N, cancellationToken).ConfigureAwait(false);
        var (texts, reader) = (drawn.Whole, new AnswerText(vocabulary, run.Plan.Reasoning));
        var likeliest = texts.Max(text => text.LogProbability);
        var answers = texts.GroupBy(text => FinalAnswer.Of(reader.Read(text.State.Generated.ToArray()), _pattern))
            .OrderByDescending(same => same.Count())
            .ThenByDescending(same => same.Sum(text => Math.Exp(text.LogProbability - likeliest)))
            .Take(options.Results).Select(same =>
            {
                var best = same.MaxBy(text => text.LogProbability)!;
                best.Score = same.Count() / (double)texts.Count;
                return best;
            });
        foreach (var token in SearchRun.Answer(answers)) yield return token;
    }
}
