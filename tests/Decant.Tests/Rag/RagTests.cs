using System.Text.Json;
using Decant.Connectors.Chat;
using Decant.Samples.Rag;

namespace Decant.Tests.Rag;

public class RagTests
{
    private static readonly Arguments _arguments = Arguments.Parse(["question"]);

    [Fact]
    public async Task The_samples_own_question_is_answered_with_its_source()
    {
        var answer = await AskAsync("Tell me the product of Dovitex.");
        Assert.False(answer.IsAbstention);
        Assert.Contains("drums", answer.Text);
        var sentence = answer.Sentences[0];
        Assert.Contains("The product of Dovitex is drums.", answer.Passages[sentence.Source - 1].Text);
        Assert.True(sentence.Score >= _arguments.Threshold && sentence.Entropy <= _arguments.Abstain);
    }

    [Fact]
    public async Task What_no_passage_speaks_of_is_not_answered()
    {
        var answer = await AskAsync("Gravity!");
        Assert.True(answer.IsAbstention);
        Assert.Empty(answer.Passages);
    }

    [Fact]
    public async Task Thresholds_decide_what_is_said()
    {
        Assert.True((await AskAsync("Tell me the product of Dovitex.", "--threshold", "1000")).IsAbstention);
        var unmeasured = await AskAsync("Tell me the product of Dovitex.", "--samples", "0", "--top", "1");
        Assert.Null(unmeasured.Sentences[0].Entropy);
        Assert.Single(unmeasured.Passages);
    }

    [Fact]
    public void Reports_say_everything_to_people_and_to_programs()
    {
        var answer = new GroundedAnswer("Who?", [new ChatDocument("He did.") { Title = "a.md", Score = 1.5 }], [new("He did.", 1, 3.25, 0.1, true), new("So.", 1, 0.1, null, false)]);
        Assert.Equal("He did. [1]", answer.Text);
        var text = Report.Text(answer);
        Assert.StartsWith("He did. [1]", text);
        Assert.Contains("said: He did. source [1], 3.25 nats, entropy 0.10", text);
        Assert.Contains("left out: So.", text);
        Assert.Contains("[1] a.md: He did.", text);

        using var json = JsonDocument.Parse(Report.Json(answer));
        Assert.Equal("He did. [1]", json.RootElement.GetProperty("answer").GetString());
        Assert.False(json.RootElement.GetProperty("abstained").GetBoolean());
        Assert.Equal(3.25, json.RootElement.GetProperty("sentences")[0].GetProperty("score").GetDouble());
        Assert.Equal("a.md", json.RootElement.GetProperty("passages")[0].GetProperty("source").GetString());
        Assert.True(new GroundedAnswer("Who?", [], []).IsAbstention);
    }

    [Theory]
    [InlineData("question", "--top", "0")]
    [InlineData("There is no question")]
    [InlineData("--folder needs", "x", "--folder")]
    [InlineData("--what", "x", "--what", "1")]
    [InlineData("--abstain", "x", "--abstain", "-1")]
    public void Wrong_arguments_are_named(string expected, params string[] args)
        => Assert.Contains(expected is "question" ? "--top" : expected, Assert.Throws<ArgumentException>(() => Arguments.Parse(args)).Message);

    [Fact]
    public void Words_without_quotes_are_one_question_too()
    {
        var arguments = Arguments.Parse(["Who", "is", "--json", "it?", "--abstain", "0.5"]);
        Assert.Equal(("Who is it?", true, 0.5), (arguments.Question, arguments.Json, arguments.Abstain));
    }

    private static async Task<GroundedAnswer> AskAsync(string question, params string[] args)
    {
        var arguments = Arguments.Parse([question, .. args]);
        using var client = LocalChatClient.Load();
        return await new Answerer(client, new Bm25(PassageFolder.Load(arguments.Folder)), arguments).AskAsync(question);
    }
}
