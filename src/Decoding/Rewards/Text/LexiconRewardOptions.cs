namespace Decant.Decoding;

/// <summary>Adds up or averages what a lexicon says of a text's words: sentiment, say. Beginnings are scored by what they have so far.</summary>
/// <remarks>Words are looked up one by one: "not good" is as good as "good".</remarks>
public sealed record LexiconRewardOptions : RewardOptions
{
    /// <inheritdoc/>
    public override string Kind => "lexicon";

    /// <summary>The name of a registered <see cref="Decoding.Lexicon"/>. Null: <see cref="Scores"/>. One of the two must be given.</summary>
    public string? Lexicon { get; init; }

    /// <summary>The words' scores; small letters stand for capitals too. Null: <see cref="Lexicon"/>.</summary>
    public ValueDictionary<string, double>? Scores { get; init; }

    /// <summary>What is made of the words' scores. Default: the mean.</summary>
    public LexiconAggregate Aggregate { get; init; }

    internal override string Name => Lexicon ?? Kind;

    /// <inheritdoc/>
    public override void Validate()
    {
        base.Validate();
        Check(Lexicon is null ? Scores is not null : Scores is null && Lexicon.Length > 0, Lexicon, nameof(Lexicon), $"the name of a registered lexicon, or null with {nameof(Scores)} in place of it");
        Check(Scores is null || (Scores.Count > 0 && Scores.Values.All(double.IsFinite)), Scores, nameof(Scores), "finite numbers by word, at least one");
        Check(Enum.IsDefined(Aggregate), Aggregate, nameof(Aggregate), "mean or sum");
    }

    /// <inheritdoc/>
    public override IReward Compile(PlanContext context)
    {
        ArgumentNullException.ThrowIfNull(context);
        var lexicon = Lexicon is null ? new Lexicon(Scores!) : context.Services.Get<Lexicon>(Lexicon, $"{Kind}: {nameof(Lexicon)}");
        return new DelegateReward(text => Aggregate == LexiconAggregate.Sum ? lexicon.Scores(text).Sum() : lexicon.Scores(text).DefaultIfEmpty(0).Average());
    }
}
