namespace Decant.Tests.Decoding.Search.Beams;

public class LexicalBeamTests
{
    private static readonly ValueList<ValueList<string>> _k = [["k"]];

    /// <summary>The card's model: letters that do not depend on one another.</summary>
    private static SearchToy Card() => new("abk", (text, next) => (next['a'], next['b'], next['k'], next[SearchToy.End]) = (.5, .2, .1, .2));

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void It_says_what_plain_beams_never_say(bool banks)
    {
        using var toy = Card();
        Assert.Equal("$", toy.Text(toy.Plan(new BeamOptions { Beams = 2, LengthPenalty = 0 }, new GreedyOptions()), 3));
        var (text, score, _) = toy.Run(toy.Plan(new LexicalBeamOptions { Clauses = _k, Beams = 2, Banks = banks }, new GreedyOptions()), 3)[0];
        Assert.Equal("k$", text);
        Assert.Equal(Math.Log(.02), score!.Value, 1e-5);
        Assert.Empty(toy.Last.Rewards.Warnings);
    }

    [Theory]
    [InlineData(false, 4)]
    [InlineData(true, 3)]
    public void With_enough_beams_it_is_the_likeliest_text_of_all_that_obey(bool banks, int length)
    {
        var options = new LexicalBeamOptions { Clauses = [["ab", "c"], ["b"]], Excluded = ["bb"], Beams = 64, Banks = banks, Prune = banks ? null : 1000, SatTolerance = banks ? null : 16 };
        for (var seed = 1; seed <= 20; seed++)
        {
            using var toy = BeamTests.Random(seed, endings: .3);
            var expected = toy.Enumerate(length).Where(pair => Obeys(pair.Key)).MaxBy(pair => pair.Value);
            var (text, score, _) = toy.Run(toy.Plan(options), length)[0];
            Assert.Equal(expected.Key, text);
            Assert.Equal(Math.Log(expected.Value), score!.Value, 1e-5);
        }

        static bool Obeys(string text) => text.EndsWith(SearchToy.End) && (text.Contains("ab") || text.Contains('c')) && text.Contains('b') && !text.Contains("bb");
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void Few_beams_say_everything_that_must_be_said(bool banks)
    {
        for (var seed = 1; seed <= 20; seed++)
        {
            using var toy = BeamTests.Random(seed, endings: .5);
            var text = toy.Text(toy.Plan(new LexicalBeamOptions { Clauses = [["cab"], ["bbc", "acb"], ["aa"]], Excluded = ["ccc"], Beams = 8, Banks = banks }), 16);
            Assert.Contains("cab", text);
            Assert.True(text.Contains("bbc") || text.Contains("acb"), text);
            Assert.Contains("aa", text);
            Assert.DoesNotContain("ccc", text);
            Assert.EndsWith("$", text);
        }
    }

    [Fact]
    public void Banks_are_written_and_read()
    {
        var options = new DecodingOptions { Search = new LexicalBeamOptions { Clauses = _k, Banks = true } };
        Assert.Equal(options, DecodingOptions.Read(options.ToString()));
        Assert.Contains("\"banks\":true", options.ToString());
    }

    [Fact]
    public void Progress_is_of_bytes_however_they_are_cut_into_tokens()
    {
        var vocabulary = TestVocabulary.Standard;
        var phrases = new LexicalPhrases([["abc", "dd"], ["cab"]], ["aab"], vocabulary.Context);
        LexicalProgress? After(params string[] tokens) => vocabulary.Ids(tokens).Aggregate((LexicalProgress?)LexicalPhrases.Start, (progress, token) => progress is null ? null : phrases.Next(progress, token));
        foreach (var cut in (string[][])[["abc"], ["ab", "c"], ["a", "bc"], ["a", "b", "c"], [" a", "bc"], ["cc", "abc"]]) Assert.Equal(1, After(cut)!.Satisfied & 1);
        Assert.Equal(2, After("c", "a", "ba")!.Satisfied);
        Assert.Equal(3, After("cab", "c")!.Satisfied);
        Assert.True(phrases.IsSatisfied(After("cab", "c")!));
        Assert.Null(After("a", "ab"));
        Assert.Equal(0, After("a", "</s>", "cc")!.Satisfied);

        Assert.Equal(2.0 / 3, phrases.Fraction(After("ab")!), 1e-12);
        Assert.Equal(.5, phrases.Fraction(After("ab", "d")!), 1e-12);
        Assert.Equal(0, phrases.Fraction(After("ab", "t")!));
        Assert.Equal(2.0 / 3, phrases.Fraction(After("abc", "c", "a")!), 1e-12);
    }

    [Fact]
    public void Backing_out_of_a_phrase_unmeets_its_tokens()
    {
        var vocabulary = new TestVocabulary("</s>", "a", "b", "c", "d");
        var phrases = new LexicalPhrases([["abc"], ["dd"]], [], vocabulary.Context);
        int Met(string text) => phrases.MetTokens(vocabulary.Encode(text).Aggregate(LexicalPhrases.Start, (progress, token) => phrases.Next(progress, token)!));
        Assert.Equal(5, phrases.TokenCount);
        Assert.Equal([0, 1, 2, 3, 0, 4, 3, 5], new[] { "", "a", "ab", "abc", "abb", "abcd", "abcda", "abcdd" }.Select(Met));
    }

    [Fact]
    public void The_lookahead_weighs_what_is_to_come()
    {
        // The card's numbers.
        Assert.Equal(-.511, LexicalBeam.Score(Math.Log(.6), 1, 0, 0, 0, Math.Log(.01)), 1e-3);
        Assert.Equal(-1.662, LexicalBeam.Score(Math.Log(.6), 1, 0, 0, .25, Math.Log(.01)), 1e-3);
        Assert.Equal(-.943, LexicalBeam.Score(Math.Log(.4), 1, 0, 0, .25, Math.Log(.9)), 1e-3);
        using var toy = new SearchToy("xykz", (text, next) => _ = text switch
        {
            "" => (next['x'], next['y'], next['k']) = (.6, .4, 0),
            "x" => (next['k'], next['z'], next['x']) = (.01, .99, 0),
            "y" => (next['k'], next['z'], next['x']) = (.9, .1, 0),
            _ when text.EndsWith('k') => (next[SearchToy.End], next['z'], next['x']) = (1, 0, 0),
            _ => (next['z'], next[SearchToy.End], next['k']) = (.9, .09, .01),
        });
        var options = new LexicalBeamOptions { Clauses = _k, Beams = 1, Lookahead = 1 };
        foreach (var mode in Enum.GetValues<LookaheadMode>())
        {
            Assert.Equal("yk$", toy.Text(toy.Plan(options with { LookaheadMode = mode }), 4));
            Assert.StartsWith("x", toy.Text(toy.Plan(options with { LookaheadMode = mode, Alpha = 0 }), 4));
        }

        Assert.Equal("yk$", toy.Text(toy.Plan(options with { LookaheadMode = LookaheadMode.Greedy }, new GreedyOptions()), 4));
        Assert.Contains("greedy", Assert.Throws<ArgumentException>(() => toy.Plan(options with { LookaheadMode = LookaheadMode.Sample }, new GreedyOptions())).Message);
    }

    [Fact]
    public void A_phrase_is_worth_the_mean_of_its_tokens_where_it_fits_best()
    {
        Dictionary<int, double>[] rows = [new() { [1] = -3, [2] = -1, [3] = -9 }, new() { [1] = -1, [2] = -5, [3] = -2 }, new() { [1] = -4, [2] = -2, [3] = -4 }];
        Assert.Equal(-1.5, PhraseLookahead.Value([(false, [1, 2])], rows));
        Assert.Equal(-7.0 / 3, PhraseLookahead.Value([(true, [1, 3, 2])], rows), 1e-12);
        Assert.Equal(-1, PhraseLookahead.Value([(false, [3, 1]), (true, [2])], rows));
    }

    [Fact]
    public void A_beam_of_continuations_sees_what_the_likeliest_one_does_not()
    {
        // Behind y, k comes by way of n, which is not the likeliest. Behind x it hardly ever comes.
        using var toy = new SearchToy("xymnk", (text, next) => _ = text switch
        {
            "" => (next['x'], next['y'], next['k']) = (.6, .4, 0),
            "y" => (next['m'], next['n'], next['k']) = (.55, .44, .01),
            "yn" => (next['k'], next['m'], next['n']) = (.99, .01, 0),
            _ when text.EndsWith('k') => (next[SearchToy.End], next['m'], next['n']) = (1, 0, 0),
            _ => (next['m'], next['n'], next['k']) = (.9, .09, .01),
        });
        var options = new LexicalBeamOptions { Clauses = _k, Beams = 1, Lookahead = 2, Alpha = 1, PhraseWeight = 0 };
        Assert.StartsWith("x", toy.Text(toy.Plan(options), 5));
        Assert.StartsWith("y", toy.Text(toy.Plan(options with { LookaheadMode = LookaheadMode.Beam }), 5));
        Assert.StartsWith("y", toy.Text(toy.Plan(options with { LookaheadMode = LookaheadMode.Sample }, new SamplingOptions { Seed = 3 }), 5));
    }

    [Fact]
    public void Pruning_tolerance_and_begun_phrases_decide_what_stays()
    {
        using var rare = new SearchToy("abck", (text, next) => (next['a'], next['b'], next['c'], next['k'], next[SearchToy.End]) = (.4, .3, .19, .01, .1));
        var options = new LexicalBeamOptions { Clauses = _k, Beams = 2 };
        Assert.DoesNotContain("k", rare.Text(rare.Plan(options with { Prune = 2 }), 4));
        Assert.Contains("says none of", Assert.Single(rare.Last.Rewards.Warnings));
        Assert.Equal("k$", rare.Text(rare.Plan(options), 4));

        using var early = new SearchToy("ak", (text, next) => _ = text switch
        {
            "" => (next['a'], next['k']) = (.9, .1),
            "k" => (next['a'], next[SearchToy.End]) = (.99, .01),
            "a" => (next['k'], next['a']) = (.5, .5),
            "ak" => (next[SearchToy.End], next['a']) = (.9, .1),
            _ => (next['a'], next[SearchToy.End]) = (.99, .01),
        });
        Assert.Equal("ak$", early.Text(early.Plan(options), 6));
        Assert.Equal("k$", early.Text(early.Plan(options with { SatTolerance = 0 }), 6));

        using var begun = new SearchToy("xk", (text, next) => _ = text switch
        {
            "" => (next['x'], next['k']) = (.6, .4),
            "k" => (next['k'], next['x']) = (.9, .1),
            "kk" => (next[SearchToy.End], next['x']) = (1, 0),
            _ => (next['x'], next['k']) = (1, 0),
        });
        options = options with { Clauses = [["kk"]], Beams = 1 };
        Assert.StartsWith("x", begun.Text(begun.Plan(options with { PhraseWeight = 0 }), 4));
        Assert.Equal("kk$", begun.Text(begun.Plan(options with { PhraseWeight = 2 }), 4));
    }

    [Fact]
    public void An_answer_that_lacks_something_says_so()
    {
        using var toy = new SearchToy("abk", (text, next) => (next['a'], next[SearchToy.End]) = (.5, .5));
        var (text, _, finish) = toy.Run(toy.Plan(new LexicalBeamOptions { Clauses = [["k"], ["a"]] }, new GreedyOptions()), 4)[0];
        Assert.Equal(("aaaa", FinishKind.MaxTokens), (text, finish));
        Assert.Contains("lexical-beam: the answer says none of", Assert.Single(toy.Last.Rewards.Warnings));

        // Where nothing but the end is left, it comes.
        Assert.Equal("aa$", toy.Text(toy.Plan(new LexicalBeamOptions { Clauses = _k }, new GreedyOptions(), new PatternOptions { Pattern = "aa" }), 9));
        Assert.Contains("Excluded", Assert.Throws<ArgumentException>(() => toy.Plan(new LexicalBeamOptions { Clauses = [["ak", "kk"]], Excluded = ["k"] })).Message);
    }

    [Fact]
    public void Spent_budgets_leave_the_text_that_says_most()
    {
        using var toy = Card();
        var search = new LexicalBeamOptions { Clauses = [["k"], ["bb"], ["ab"]], Beams = 4 };
        var (text, _, finish) = toy.Run(toy.Plan(new DecodingOptions { Search = search, Sampling = new GreedyOptions(), Budget = new BudgetOptions { MaxForwards = 8 } }), 50)[0];
        Assert.Equal((FinishKind.Budget, "aab"), (finish, text));
        Assert.InRange(toy.Last.Counter.Total, 5, 8);
    }
}
