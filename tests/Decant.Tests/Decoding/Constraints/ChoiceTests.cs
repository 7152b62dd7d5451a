namespace Decant.Tests.Decoding.Constraints;

public class ChoiceTests
{
    [Fact]
    public void The_answer_is_one_of_the_texts()
    {
        var grammar = new ChoiceOptions { Choices = ["yes", "yes, but", "no", "né", "\n"] }.CompileGrammar(ByteVocabulary.Instance);
        Assert.All(["yes", "yes, but", "no", "né", "\n"], text => Assert.True(ByteVocabulary.Allows(grammar, text)));
        Assert.All(["", "y", "yes,", "Yes", "noo", "n\u00c3"], text => Assert.False(ByteVocabulary.Allows(grammar, text)));
    }

    [Fact]
    public void There_may_be_a_hundred_thousand()
    {
        var grammar = new ChoiceOptions { Choices = [.. Enumerable.Range(0, 100_000).Select(i => $"item {i * 7919:x} of the catalogue")] }.CompileGrammar(ByteVocabulary.Instance);
        Assert.True(ByteVocabulary.Allows(grammar, $"item {99_999 * 7919:x} of the catalogue"));
        Assert.False(ByteVocabulary.Allows(grammar, $"item {(99_999 * 7919) + 1:x} of the catalogue"));
    }
}
