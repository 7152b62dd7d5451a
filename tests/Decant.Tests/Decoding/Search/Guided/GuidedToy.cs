namespace Decant.Tests.Decoding.Search.Guided;

/// <summary>Seeded noise over three letters and the end, with what slow references of searches ask about it: every answer is computed anew from the text.</summary>
internal sealed class GuidedToy : IDisposable
{
    public const string Letters = "abc";
    private readonly int _seed;

    public GuidedToy(int seed, int contextLength = 64)
    {
        _seed = seed;
        Toy = new SearchToy(Letters, Fill, contextLength);
    }

    public SearchToy Toy { get; }

    /// <summary>How often the model was asked what follows a text.</summary>
    public Dictionary<string, int> Asked { get; } = [];

    /// <summary>A number from 0 to 1 that has nothing to do with how likely a text is.</summary>
    public double Reward(string text) => Number(text.TrimEnd(SearchToy.End), 9);

    /// <summary>What may follow a text, likeliest first.</summary>
    public List<(char Letter, double Probability)> Next(string text)
    {
        Dictionary<char, double> next = [];
        Weigh(text, next);
        return [.. next.Select(pair => (pair.Key, pair.Value / next.Values.Sum())).OrderByDescending(pair => pair.Item2)];
    }

    public double LogProbability(string text) => Enumerable.Range(0, text.Length).Sum(i => Math.Log(Next(text[..i]).First(next => next.Letter == text[i]).Probability));

    /// <summary>A text, written on with the likeliest letters until it ends or is so long.</summary>
    public string Greedy(string text, int length)
    {
        while (!text.EndsWith(SearchToy.End) && text.Length < length) text += Next(text)[0].Letter;
        return text;
    }

    /// <summary>The same with letters drawn.</summary>
    public string Draw(string text, int length, PositionNoise noise)
    {
        // The prompt is one token long.
        while (!text.EndsWith(SearchToy.End) && text.Length < length)
            text += Next(text).MinBy(next => -Math.Log(noise.Uniform(1 + text.Length, PositionNoise.DrawStream, 1 + Letters.IndexOf(next.Letter))) / next.Probability).Letter;
        return text;
    }

    /// <summary>Searches answer and report the same with speculation, of which some is accepted.</summary>
    public static void AssertSpeculationChangesNothing(IEnumerable<RewardedSearchOptions> searches)
    {
        var accepted = 0;
        foreach (var search in searches)
        {
            for (var seed = 0; seed < 6; seed++)
            {
                using var toy = new GuidedToy(seed);
                var plan = new DecodingOptions { Search = search with { Rewards = [toy.Toy.Reward(toy.Reward)] }, Sampling = new SamplingOptions { Seed = seed }, Constraints = [new PatternOptions { Pattern = "[ab]*|[ac]*" }] };
                var expected = toy.Toy.Run(toy.Toy.Plan(plan), 10);
                var reports = toy.Toy.Reports.ConvertAll(report => report.Text);
                Assert.Equal(expected, toy.Toy.Run(toy.Toy.Plan(plan with { Speculation = new PromptLookupOptions { MinNgram = 1 } }), 10));
                Assert.Equal(reports, toy.Toy.Reports.ConvertAll(report => report.Text));
                accepted += toy.Toy.Last.Speculation.Accepted;
            }
        }

        Assert.True(accepted > 20, $"{accepted} accepted");
    }

    public void Dispose() => Toy.Dispose();

    private void Fill(string text, IDictionary<char, double> next)
    {
        Asked[text] = Asked.GetValueOrDefault(text) + 1;
        Weigh(text, next);
    }

    private void Weigh(string text, IDictionary<char, double> next)
    {
        for (var i = 0; i < Letters.Length; i++) next[Letters[i]] = Math.Exp(3 * Number(text, i));
        next[SearchToy.End] = 0.3 * text.Length;
    }

    private double Number(string text, int lane) => new PositionNoise(_seed).Uniform(text.Aggregate(7L, (hash, letter) => (hash * 31) + letter), 50, lane);
}
