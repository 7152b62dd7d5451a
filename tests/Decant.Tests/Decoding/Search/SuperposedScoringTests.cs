using Decant.Tests.Decoding.Speculation;

namespace Decant.Tests.Decoding.Search;

/// <summary>Scores of superposed drafts, computed by hand.</summary>
public class SuperposedScoringTests
{
    private static readonly RetrievalStore _corpus = TestStore.Of(VocabularyId.Of(TestVocabulary.Standard), [[1, 2, 3], [1, 2, 4], [7, 2, 3], [2, 3], [1, 2]]);

    // 2 is followed four times, three times by 3 and once by 4; 1 2 is followed twice, once by each.
    [Theory]
    [InlineData(new[] { 1, 2 }, 3, (0.2 * 3 / 4) + (0.3 / 2))]
    [InlineData(new[] { 1, 2 }, 4, (0.2 / 4) + (0.3 / 2))]
    [InlineData(new[] { 7, 2 }, 3, (0.2 * 3 / 4) + 0.3)]
    [InlineData(new[] { 7, 2 }, 4, 0.2 / 4)]
    [InlineData(new[] { 9, 2 }, 3, 0.2 * 3 / 4)]
    [InlineData(new[] { 2 }, 3, 0.2 * 3 / 4)]
    [InlineData(new[] { 1, 2 }, 9, 0)]
    [InlineData(new[] { 2, 3 }, 4, 0)]
    public void Ngrams_are_interpolated_and_what_is_missing_is_left_out(int[] text, int token, double expected)
    {
        var ngrams = new NgramScore(_corpus, [0.2, 0.3]);
        ngrams.Read([5, 6, 7]);
        ngrams.Read(text);
        Assert.Equal(expected, ngrams.Of(token), 12);
    }

    // p = 0.5, 0.3, 0.15, 0.05; at temperature 0.5 the three likeliest have 0.25, 0.09 and 0.0225 of 0.3625.
    [Fact]
    public void The_score_weighs_model_and_corpus()
    {
        var row = new float[8];
        Array.Fill(row, float.NegativeInfinity);
        (row[3], row[4], row[5], row[6]) = (MathF.Log(.5f), MathF.Log(.3f), MathF.Log(.15f), MathF.Log(.05f));
        var plan = Plans.Of(new SamplingOptions());
        var state = plan.CreateState([1, 2]);
        var scoring = new SuperposedScoring(3, 0.5, greedy: false, new NgramScore(_corpus, [0.2, 0.3]), 0.54, 200);
        scoring.Read(row, plan.Row(row), state);
        Assert.Equal([3, 4, 5], Enumerable.Range(0, scoring.Count).Select(scoring.Token));
        Assert.Equal((0.46 * Math.Log(0.25 / 0.3625)) + (0.54 * Math.Log(0.3)), scoring.Of(0), 5);
        Assert.Equal((0.46 * Math.Log(0.09 / 0.3625)) + (0.54 * Math.Log(0.2)), scoring.Of(1), 5);
        Assert.Equal((0.46 * Math.Log(0.0225 / 0.3625)) - 200, scoring.Of(2), 5);

        var alone = new SuperposedScoring(3, 0.5, greedy: true);
        alone.Read(row, plan.Row(row), state);
        Assert.Equal(Math.Log(0.09 / 0.3625), alone.Of(1), 5);
    }
}
