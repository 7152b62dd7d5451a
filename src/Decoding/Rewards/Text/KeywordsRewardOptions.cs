namespace Decant.Decoding;

/// <summary>The share of wanted words that a text has, 0 … 1. Beginnings are scored by what they have so far.</summary>
/// <remarks>A word counts where no letter or digit follows or precedes it: "art" is not in "start". Inflected forms are alternatives of one clause; to avoid words, give a negative <see cref="RewardOptions.Weight"/>; for scripts without spaces between words, use <see cref="RegexRewardOptions"/>.</remarks>
public sealed record KeywordsRewardOptions : RewardOptions
{
    /// <inheritdoc/>
    public override string Kind => "keywords";

    /// <summary>The words or phrases: of every clause one counts, as in <see cref="LexicalOptions.Clauses"/>: <c>[["wolf", "wolves"], ["howl"]]</c>; in JSON a plain list is one of clauses of one word. At least one clause, none of them and no word empty.</summary>
    public ValueList<ValueList<string>> Words { get; init; } = [];

    /// <summary>Whether capitals count as small letters. Default: true.</summary>
    public bool IgnoreCase { get; init; } = true;

    /// <inheritdoc/>
    public override void Validate()
    {
        base.Validate();
        Check(Words.Count > 0 && Words.All(clause => clause.Count > 0 && !clause.Contains("")), Words, nameof(Words), "a list of words, or of lists of alternatives, none of them empty");
    }

    /// <inheritdoc/>
    public override IReward Compile(PlanContext context) => new DelegateReward(text => (double)Words.Count(clause => clause.Any(word => Has(text, word))) / Words.Count) { Minimum = 0, Maximum = 1 };

    private bool Has(string text, string word)
    {
        var comparison = IgnoreCase ? StringComparison.OrdinalIgnoreCase : StringComparison.Ordinal;
        for (var at = text.IndexOf(word, comparison); at >= 0; at = text.IndexOf(word, at + 1, comparison))
        {
            if (IsEdge(text, at) && IsEdge(text, at + word.Length)) return true;
        }

        return false;
    }

    private static bool IsEdge(string text, int at) => !TextUnits.IsWordAt(text, at - 1) || !TextUnits.IsWordAt(text, at);
}
