using Decant.Samples.Rag;

namespace Decant.Tests.Rag;

public class Bm25Tests
{
    [Fact]
    public void A_rare_word_scores_by_the_formula()
    {
        var found = Assert.Single(Index("a b", "a a c").Search("C?", 5));
        // ln(1 + 1.5/1.5) · 1 · 2.2 / (1 + 1.2 (0.25 + 0.75 · 3/2.5))
        Assert.Equal(Math.Log(2) * 2.2 / 2.38, found.Score, 1e-12);
    }

    [Fact]
    public void Frequent_words_count_less_and_repetition_saturates()
    {
        var index = Index("the lamp", "the the the the", "the drum", "a lamp lamp lamp");
        Assert.Equal(["a lamp lamp lamp", "the lamp"], index.Search("lamp", 2).Select(found => found.Passage.Text));
        Assert.Equal("the drum", index.Search("the drum", 1).Single().Passage.Text);
        var scores = Index("x y", "x x y", "z z z").Search("x", 2);
        Assert.InRange(scores[0].Score / scores[1].Score, 1, 2);
    }

    [Fact]
    public void Words_that_nobody_says_find_nothing() => Assert.Empty(Index("one", "two").Search("Three?", 3));

    private static Bm25 Index(params string[] texts) => new([.. texts.Select((text, i) => new Passage($"{i}", text))]);
}
