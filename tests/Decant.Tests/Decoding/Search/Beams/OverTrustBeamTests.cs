using Decant.Tests.Oracles;

namespace Decant.Tests.Decoding.Search.Beams;

/// <summary>OPERA on a model whose attention the test makes up. Texts are the letters behind a prompt of one token.</summary>
public class OverTrustBeamTests
{
    // Attends to itself alone: no column's product outlives its own row.
    private static float[] Itself(int[] tokens) => To(tokens, tokens.Length - 1);

    private static float[] To(int[] tokens, int position, float share = 1)
    {
        var row = new float[tokens.Length];
        row[^1] = 1 - share;
        row[position] += share;
        return row;
    }

    [Fact]
    public void The_penalty_is_the_largest_product_of_a_column()
    {
        // The card's numbers.
        var columns = TrustTrail.Next([], [.6f], 50);
        columns = TrustTrail.Next(columns, [.5f, .3f], 50);
        columns = TrustTrail.Next(columns, [.5f, .1f, .2f], 50);
        Assert.Equal([18750, 75, 10], columns.Select(column => Math.Round(Math.Exp(column), 2)));
        Assert.Equal(.001875, TrustTrail.OverTrust(columns.Max()), 1e-8);

        // Neither a long product nor one with a zero leaves the numbers.
        Assert.Equal(0, TrustTrail.OverTrust(TrustTrail.Next(columns, [0, 0, 0, 0], 50).Max()));
        for (var i = 3; i < 400; i++) columns = TrustTrail.Next(columns, [1f, .. new float[i]], 50);
        Assert.Equal(Math.Exp(60), TrustTrail.OverTrust(columns.Max()), 1);
    }

    [Theory]
    [InlineData(1)]
    [InlineData(3)]
    public void Without_penalty_and_return_it_is_beam_search(int beams)
    {
        for (var seed = 1; seed <= 15; seed++)
        {
            using var toy = BeamTests.Random(seed, endings: .2);
            var (text, score) = Run(toy, new OverTrustBeamOptions { Beams = beams, PenaltyWeight = 0, MaxRollbacks = 0 }, Itself, 8);
            var expected = toy.Run(toy.Plan(new BeamOptions { Beams = beams }, new GreedyOptions()), 8)[0];
            Assert.Equal(expected.Text, text);
            Assert.Equal(expected.Score!.Value, score, 1e-5);
        }
    }

    [Fact]
    public void A_candidate_that_leans_on_one_column_loses()
    {
        // Every b looks at the answer's first token.
        using var toy = new SearchToy("abc", (text, next) => (next['b'], next['c'], next['a']) = text.Length == 0 ? (0, 0, 1) : (.6, .4, 0));
        float[] Attention(int[] tokens) => tokens[^1] == 2 ? To(tokens, 1) : Itself(tokens);
        var options = new OverTrustBeamOptions { Beams = 1, Candidates = 2, MaxRollbacks = 0 };
        Assert.Equal("abbbbbbb", Run(toy, options with { PenaltyWeight = 0 }, Attention, 8).Text);

        // 50⁴ · 10⁻⁷ = .6 is more than ln .6 − ln .4, and 50³ · 10⁻⁷ is less; behind a c the column is forgotten.
        Assert.Equal("abbcbbbb", Run(toy, options, Attention, 8).Text);
        Assert.Equal("abbbbbbb", Run(toy, options with { ScaleFactor = 5 }, Attention, 8).Text);
    }

    [Fact]
    public void It_goes_back_once_and_says_something_else()
    {
        // Where b follows the twelfth a, everything behind looks at that a.
        const int Column = 12;
        using var toy = new SearchToy("abcd", (text, next) => _ = text.Length switch
        {
            <= Column => (next['a'], next['b'], next['c']) = (1, 0, 0),
            Column + 1 => (next['b'], next['c'], next['a']) = (.7, .3, 0),
            _ => (next['d'], next['c'], next['a']) = (.9, .1, 0),
        });
        float[] Attention(int[] tokens) => tokens.Length > Column + 2 && tokens[Column + 2] == 2 ? To(tokens, Column + 1) : Itself(tokens);
        var options = new OverTrustBeamOptions { Beams = 1, Candidates = 2, Threshold = 4, PenaltyWeight = 0 };
        List<int> lengths = [];
        var start = new string('a', Column + 1);
        Assert.Equal(start + "cdddddd", Run(toy, options, Attention, 20, lengths).Text);

        // Each row but one found as many rows in its cache as the one before, or one more.
        var (before, after) = Assert.Single(lengths.Zip(lengths.Skip(1)), pair => pair.Second < pair.First);
        Assert.Equal((1 + Column + 4, 1 + Column), (before, after));
        Assert.Equal(start + "bdddddd", Run(toy, options with { MaxRollbacks = 0 }, Attention, 20).Text);
        Assert.Equal(start + "bdddddd", Run(toy, options with { Threshold = 30 }, Attention, 20).Text);

        // A place that it has gone back to often enough is left alone: here c is no better than b.
        float[] Always(int[] tokens) => tokens.Length > Column + 2 ? To(tokens, Column + 1) : Itself(tokens);
        lengths.Clear();
        Run(toy, options with { Beams = 2, MaxRollbacks = 1 }, Always, 20, lengths);
        Assert.Single(lengths.Zip(lengths.Skip(1)), pair => pair.Second < pair.First);
    }

    [Fact]
    public void What_ended_behind_the_place_it_goes_back_to_is_no_answer()
    {
        // b and its end would be likelier than anything with c.
        const int Column = 12;
        using var toy = new SearchToy("abcde", (text, next) => _ = text switch
        {
            { Length: <= Column } => (next['a'], next['b']) = (1, 0),
            { Length: Column + 1 } => (next['b'], next['c']) = (.95, .05),
            _ when text.EndsWith('b') => (next['d'], next[SearchToy.End]) = (.6, .4),
            _ => (next['d'], next['e']) = text.Contains('b') ? (.5, .5) : (1, 0),
        });
        float[] Attention(int[] tokens) => tokens.Length > Column + 2 && tokens[Column + 2] == 2 ? To(tokens, Column + 1) : Itself(tokens);
        var options = new OverTrustBeamOptions { Beams = 2, Candidates = 2, Threshold = 4, PenaltyWeight = 0 };
        var start = new string('a', Column + 1);
        Assert.Equal(start + "cdddddd", Run(toy, options, Attention, 20).Text);
        Assert.Equal(start + "b$", Run(toy, options with { MaxRollbacks = 0 }, Attention, 20).Text);
    }

    [Fact]
    public void It_does_not_go_back_to_the_beginning()
    {
        using var toy = new SearchToy("ab", (text, next) => (next['a'], next['b']) = (.7, .3));
        List<int> lengths = [];
        Run(toy, new OverTrustBeamOptions { Beams = 1, Candidates = 2, Threshold = 4, PenaltyWeight = 0 }, tokens => To(tokens, Math.Min(tokens.Length - 1, 5)), 20, lengths);
        Assert.DoesNotContain(lengths.Zip(lengths.Skip(1)), pair => pair.Second < pair.First);
    }

    [Fact]
    public void The_first_tokens_are_rewarded_for_looking_at_documents()
    {
        // b looks at the prompt, which is a document, c at itself.
        using var toy = new SearchToy("bc", (text, next) => (next['b'], next['c']) = (.4, .6));
        float[] Attention(int[] tokens) => tokens[^1] == 1 ? To(tokens, 0, .9f) : To(tokens, 0, .1f);
        var options = new OverTrustBeamOptions { Beams = 1, Candidates = 2, InitialDocumentTokens = 2 };
        Assert.Equal("bbcc", Run(toy, options, Attention, 4, documents: new TokenRange(0, 1)).Text);
        Assert.Equal("cccc", Run(toy, options with { InitialDocumentTokens = 0 }, Attention, 4, documents: new TokenRange(0, 1)).Text);
        Assert.Equal("cccc", Run(toy, options, Attention, 4).Text);
    }

    private static (string Text, double Score) Run(SearchToy toy, OverTrustBeamOptions options, Func<int[], float[]> attention, int maxTokens, List<int>? lengths = null, TokenRange? documents = null)
    {
        using var model = new AttentionModel(toy.Model, attention);
        var plan = DecodingPlan.Compile(new DecodingOptions { Search = options, Sampling = new GreedyOptions() }, toy.Vocabulary.Context with { Model = model.Info });
        using var sequence = model.OpenSequence();
        var request = new GenerationRequest { Sequence = sequence, Prompt = new[] { 1 }, Plan = plan, MaxTokens = maxTokens, EndTokens = [0], ContextTokens = documents };
        var tokens = Generator.GenerateAsync(request).ToBlockingEnumerable().ToList();
        Assert.Equal((0, 1), (toy.Model.OpenResults, toy.Model.OpenSequences));
        lengths?.AddRange(model.Lengths);
        return (string.Concat(tokens.Select(token => token.Id == 0 ? "$" : System.Text.Encoding.UTF8.GetString(toy.Vocabulary.Bytes(token.Id)))), tokens[^1].Score!.Value);
    }
}
