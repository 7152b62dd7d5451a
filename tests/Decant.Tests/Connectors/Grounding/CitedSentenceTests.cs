using Decant.Connectors.Grounding;

namespace Decant.Tests.Connectors.Grounding;

public class CitedSentenceTests
{
    [Theory]
    [InlineData("It is silk. [2] It lies there! [1][3]\n", "It is silk.:2|It lies there!:1,3")]
    [InlineData("No source. It is 3.5 long. [1] [1] [2]", "No source.:|It is 3.5 long.:1,2")]
    [InlineData("[1] Odd.", "Odd.:")]
    [InlineData("", "")]
    public void Answers_are_read_into_sentences_and_numbers(string answer, string expected)
        => Assert.Equal(expected, string.Join('|', CitedSentence.Parse(answer).Select(sentence => $"{sentence.Text}:{string.Join(',', sentence.Citations)}")));

    [Fact]
    public async Task Recall_asks_for_support_and_precision_for_need()
    {
        string[] passages = ["the sky is blue", "grass is green", "snow is cold"];
        async Task<CitationQuality> Measure(string answer) => await CitationQuality.MeasureAsync(CitedSentence.Parse(answer), passages, new WordOverlap(1));

        Assert.Equal(new CitationQuality(1, 1), await Measure("Grass is green. [2] The sky is blue. [1]"));
        Assert.Equal(new CitationQuality(0.5, 0.5), await Measure("Grass is green. [2] The sky is blue. [3]"));
        // The third is not needed; the other two are, together.
        Assert.Equal(new CitationQuality(1, 2 / 3.0), await Measure("Sky grass is green blue. [1][2][3]"));
        Assert.Equal(new CitationQuality(0, 1), await Measure("Nothing cited."));
        Assert.Equal(new CitationQuality(1, 1), await Measure(""));
        await Assert.ThrowsAsync<ArgumentException>(() => Measure("Grass is green. [4]"));
    }
}
