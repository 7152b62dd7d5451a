using System.Text.RegularExpressions;

namespace Decant.Tests.Decoding.Constraints;

/// <summary>Copying with tags: as many outputs as there are labellings, and never another text.</summary>
public class SpanCopyTests
{
    private static readonly TestVocabulary _vocabulary = TestVocabulary.Standard;

    [Fact]
    public void There_are_as_many_outputs_as_labellings()
    {
        var vocabulary = new TestVocabulary("</s>", "w", " ", "<L", "</L", ">");
        int[] counts = [.. Enumerable.Range(0, 5).Select(n => Outputs(vocabulary, n, "L").Count)];
        Assert.Equal([1, 2, 5, 13, 34], counts);
    }

    [Fact]
    public void Each_label_has_its_own_spans()
    {
        // f(n) = f(n - 1) + 2 (f(0) + … + f(n - 1)).
        var vocabulary = new TestVocabulary("</s>", "w", " ", "<L", "</L", "<M", "</M", ">");
        Assert.Equal([1, 3, 11, 41], Enumerable.Range(0, 4).Select(n => Outputs(vocabulary, n, "L", "M").Count));
        Assert.Contains("<L>w</L> <M>w w</M>", Outputs(vocabulary, 3, "L", "M"));
    }

    [Theory]
    [InlineData(" ", "a cab", "the", "é€", "<b>")]
    [InlineData("", "ca", "b", "<", "<", "L", ">")]
    public void Without_its_tags_the_answer_is_the_text(string separator, params string[] words)
    {
        var vocabulary = new TestVocabulary("</s>", " ", "a", "b", "c", "cab", "ab", "the", "t", "h", "e", "é", "€", "<", ">", "/", "L", "M", "<L", "><", "</", "> ", ">c", "<LL>");
        var options = new SpanCopyOptions { Words = [.. words], Separator = separator, Labels = ["LL", "M"] };
        var plan = DecodingPlan.Compile(new DecodingOptions { Constraints = [options] }, vocabulary.Context);
        using var model = TableModel.Random(vocabulary.Count, order: 4, scale: 4);
        HashSet<string> answers = [];
        for (var seed = 0; seed < 40; seed++)
        {
            var answer = plan.WithSeed(seed).Answer(model, vocabulary);
            answers.Add(answer);
            Assert.Equal(string.Join(separator, words), Regex.Replace(answer, "</?(LL|M)>", ""));
        }

        Assert.InRange(answers.Count, 10, 40);
    }

    [Fact]
    public void What_is_copied_is_forced()
    {
        var constraint = new SpanCopyOptions { Words = ["the", "cab"], Labels = ["a"] }.Compile(_vocabulary.Context);

        // Where a tag might open there is a choice, and then there is none.
        Assert.Empty(constraint.Forced.ToArray());
        Assert.True(constraint.TryAccept(_vocabulary.Ids("t")[0]));
        Assert.Equal(_vocabulary.Ids("he", " "), constraint.Forced.ToArray());
    }

    private static List<string> Outputs(TestVocabulary vocabulary, int words, params string[] labels)
        => new SpanCopyOptions { Words = [.. Enumerable.Repeat("w", words)], Labels = [.. labels] }.Compile(vocabulary.Context).Texts(vocabulary, 24);
}
