using Decant.Connectors.Chat;
using Decant.Connectors.Diversity;
using Decant.Connectors.Embedded;
using Microsoft.Extensions.AI;

namespace Decant.Tests.Connectors.Diversity;

public class DiverseThoughtsTests
{
    private const string Question = "How many legs have two cats and a man?";
    private static readonly ChatMessage[] _messages = [new(ChatRole.System, "Be kind."), new(ChatRole.User, Question)];
    private static readonly DiverseThoughtOptions _three = new() { Approaches = ["algebra", "drawing", "guessing"] };

    [Fact]
    public async Task Most_approaches_win()
    {
        using var client = new Stub((_, message) => message.Contains("guessing") ? "Perhaps 9." : "So there are 7.");
        var answer = await new DiverseThoughts(client, _three).AnswerAsync(_messages);
        Assert.Equal(("So there are 7.", "7", "algebra"), (answer.Text, answer.Consensus.Answer, answer.Consensus.Approach));
        Assert.Equal(2 / 3.0, answer.Agreement, 1e-9);
        Assert.Equal(["7", "7", "9"], answer.Thoughts.Select(thought => thought.Answer));
        Assert.Equal(3, client.Asked.Select(asked => asked.Message).Distinct().Count());
        Assert.All(client.Asked, asked => Assert.Equal((true, 0f), (asked.Message.StartsWith(Question, StringComparison.Ordinal), asked.Temperature)));
    }

    [Fact]
    public async Task One_call_can_give_all_answers()
    {
        using var client = new Stub((_, _) => "Well: <answer1>It is 7.</answer1>\nthen <answer2>7</answer2> and <answer1>8</answer1> <answer3>\n9\n</answer3><answer9>9</answer9>");
        var answer = await new DiverseThoughts(client, _three with { InCall = true }).AnswerAsync(_messages);
        Assert.Equal(("It is 7.", 2 / 3.0), (answer.Text, answer.Agreement));
        Assert.Equal(["7", "7", "9"], answer.Thoughts.Select(thought => thought.Answer));
        var (_, message, _) = Assert.Single(client.Asked);
        Assert.Contains("1. algebra\n2. drawing\n3. guessing", message);
    }

    [Fact]
    public async Task Of_equally_many_the_first_counts()
    {
        using var client = new Stub((_, message) => message.Contains("algebra") ? "5" : "7");
        Assert.Equal("5", (await new DiverseThoughts(client, new() { Approaches = ["algebra", "drawing"] }).AnswerAsync(_messages)).Text);
    }

    [Fact]
    public async Task The_model_can_name_the_approaches()
    {
        using var client = new Stub((_, message) => message.StartsWith("Name 3", StringComparison.Ordinal) ? "1. algebra\n- drawing\n\n* Drawing\n4) guessing\nmore" : message.Contains("guessing") ? "9" : "7");
        var answer = await new DiverseThoughts(client, new() { Discover = 3 }).AnswerAsync(_messages);
        Assert.Equal(["algebra", "drawing", "guessing"], answer.Thoughts.Select(thought => thought.Approach));
        Assert.Equal("7", answer.Text);
        Assert.Equal(4, client.Asked.Count);

        using var dull = new Stub((_, _) => "algebra");
        Assert.Contains("Approaches", (await Assert.ThrowsAsync<InvalidOperationException>(() => new DiverseThoughts(dull).AnswerAsync(_messages))).Message);
        Assert.StartsWith("Name 5 ", dull.Asked[0].Message);
    }

    [Fact]
    public async Task Every_persona_takes_every_approach()
    {
        using var client = new Stub((instructions, _) => instructions!.StartsWith("You are a tailor.", StringComparison.Ordinal) ? "7" : "9");
        var options = new DiverseThoughtOptions { Approaches = ["algebra", "drawing"], Personas = ["You are a tailor.", "You are a judge."] };
        var answer = await new DiverseThoughts(client, options).AnswerAsync(_messages, new ChatOptions { Instructions = "Hurry." });
        Assert.Equal([("You are a tailor.", "7"), ("You are a tailor.", "7"), ("You are a judge.", "9"), ("You are a judge.", "9")], answer.Thoughts.Select(thought => (thought.Persona!, thought.Answer)));
        Assert.Contains("You are a judge.\nHurry.", client.Asked.Select(asked => asked.Instructions));

        using var once = new Stub((_, message) => message.Contains("3. You are a judge. algebra") ? "<answer3>1</answer3>" : "");
        Assert.Equal("You are a judge.", (await new DiverseThoughts(once, options with { InCall = true }).AnswerAsync(_messages)).Consensus.Persona);
    }

    [Fact]
    public async Task The_normalizer_decides_what_agrees()
    {
        using var client = new Stub((_, message) => message.Contains("algebra") ? "7 or 8" : message.Contains("drawing") ? "9 or 8" : "9 or 5");
        Assert.Equal("7 or 8", (await new DiverseThoughts(client, _three).AnswerAsync(_messages)).Text);
        Assert.Equal("9 or 8", (await new DiverseThoughts(client, _three, text => text[..1]).AnswerAsync(_messages)).Text);
    }

    [Fact]
    public async Task What_gives_no_answer_says_so()
    {
        using var client = new Stub((_, _) => "no idea");
        Assert.Contains("InCall", (await Assert.ThrowsAsync<InvalidOperationException>(() => new DiverseThoughts(client, _three with { InCall = true }).AnswerAsync(_messages))).Message);
        Assert.Contains("user message", (await Assert.ThrowsAsync<ArgumentException>(() => new DiverseThoughts(client, _three).AnswerAsync([new(ChatRole.System, "Hi")]))).Message);
        using var cancelled = new CancellationTokenSource();
        cancelled.Cancel();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => new DiverseThoughts(client, _three).AnswerAsync(_messages, null, cancelled.Token));
    }

    [Fact]
    public void Identical_prompts_and_options_out_of_range_are_named()
    {
        void Refuses(string name, DiverseThoughtOptions options) => Assert.Contains(name, Assert.ThrowsAny<ArgumentException>(options.Validate).Message, StringComparison.Ordinal);
        Refuses("Approaches", new() { Approaches = ["Use  algebra", "use algebra "] });
        Refuses("Approaches", new() { Approaches = ["a", " "] });
        Refuses("Approaches", new() { Approaches = ["a"] });
        Refuses("Discover", new() { Discover = 1 });
        Refuses("Discover", _three with { Discover = 3 });
        Refuses("Personas", new() { Personas = ["a", "A"] });
        Refuses("Frame", new() { Frame = "{question}" });
        Refuses("Frame", _three with { Frame = "{approach}", InCall = true });
        new DiverseThoughtOptions { Approaches = ["a"], Personas = ["b", "c"] }.Validate();
    }

    [Fact]
    public async Task Sums_asked_in_other_words_have_one_answer()
    {
        using var client = LocalChatClient.Load(EmbeddedModels.Tiny, new LocalChatClientOptions { Engine = ChatEngine.Cpu });
        var options = new DiverseThoughtOptions { Frame = "{approach}", Approaches = ["What is 27 + 48?", "Add 27 and 48.", "How much is 27 plus 48?", "Calculate 27 + 48."] };
        var answer = await new DiverseThoughts(client, options).AnswerAsync([new(ChatRole.User, "27 and 48 together")]);
        Assert.Equal(("75", 4), (answer.Consensus.Answer, answer.Thoughts.Count));
        Assert.True(answer.Agreement >= .75);
    }
}
