using Decant.Connectors.Prompting;
using Decant.Samples.TrainTiny.Corpus;
using Decant.Samples.TrainTiny.Corpus.Families;
using Decant.Samples.TrainTiny.World;

namespace Decant.Tests.TrainTiny;

public class CorpusTests
{
    private static readonly TinyWorld _world = TinyWorld.Default;

    [Fact]
    public void A_seed_gives_one_stream_and_another_seed_another()
    {
        Assert.Equal(Texts(5), Texts(5));
        Assert.NotEqual(Texts(5), Texts(6));

        static string Texts(int seed) => string.Concat(Mixture.General(_world).Examples(seed).Take(300).SelectMany(ExampleText.Default.Pieces).Select(piece => piece.Text));
    }

    [Fact]
    public void The_learnt_pieces_are_the_assistants_turns_with_their_end()
    {
        var example = new Example([Turn.System("S"), Turn.User("A"), Turn.Assistant("B"), Turn.User("C"), Turn.Assistant("D") with { Reasoning = "R" }]);
        var pieces = ExampleText.Default.Pieces(example);
        Assert.Equal(
            "<|im_start|>system\nS<|im_end|>\n<|im_start|>user\nA<|im_end|>\n<|im_start|>assistant\n[B<|im_end|>]\n<|im_start|>user\nC<|im_end|>\n<|im_start|>assistant\n[<think>R</think>\nD<|im_end|>]",
            string.Concat(pieces.Select(piece => piece.IsAnswer ? $"[{piece.Text}]" : piece.Text)));
    }

    [Fact]
    public void Without_thinking_the_prompt_holds_an_empty_block()
    {
        var sum = Sums.WithoutThinking(Sums.Ask(new Random(1), heldOut: false));
        var pieces = ExampleText.Default.Pieces(sum);
        Assert.EndsWith("<|im_start|>assistant\n<think></think>\n", pieces[0].Text);
        Assert.Equal(sum.Answer.Content + "<|im_end|>", pieces[1].Text);
    }

    [Fact]
    public void Documents_are_written_as_passages_in_the_question_are()
    {
        var template = ChatTemplate.Parse(File.ReadAllText(Path.Combine(AppContext.BaseDirectory, "chat_template.jinja")));
        string Render(string question, List<object?>? documents) => template.Render(new Dictionary<string, object?>
        {
            ["messages"] = new List<object?> { new Dictionary<string, object?> { ["role"] = "user", ["content"] = question } },
            ["documents"] = documents,
            ["add_generation_prompt"] = true,
        });

        var expected = Render(Passages.Prompt(["One.", "Two."], "Why?"), null);
        Assert.Equal(expected, Render("Why?", ["One. Two."]));
        Assert.Equal(expected, Render("Why?", [new Dictionary<string, object?> { ["title"] = "T", ["text"] = "One. Two." }]));
    }

    [Fact]
    public void Tools_are_listed_in_the_system_turn_and_called_in_tags()
    {
        var example = new Example([Turn.User("Q"), Turn.Assistant("") with { Call = new ToolCall("get_news", new Dictionary<string, object?> { ["town"] = "X", ["number"] = 3L }) }])
        {
            Tools = [new Tool("get_news", ["town", "number"], "Gets the news.")],
        };
        Assert.Equal("Tools:\n- get_news(town, number): Gets the news.", ExampleText.Default.SystemTextOfTools(example));
        Assert.StartsWith("<|im_start|>system\nTools:\n- get_news(town, number): Gets the news.<|im_end|>\n<|im_start|>user\n", ExampleText.Default.Prompt(example));
        Assert.Equal("<tool_call>{\"name\": \"get_news\", \"arguments\": {\"town\": \"X\", \"number\": 3}}</tool_call><|im_end|>", ExampleText.Default.Pieces(example)[1].Text);
    }

    [Fact]
    public void Calls_are_read_back_and_what_is_none_is_not()
    {
        var random = new Random(2);
        for (var i = 0; i < 200; i++)
        {
            var example = ToolUse.Ask(random, heldOut: i % 2 == 0);
            var text = ExampleText.Default.Pieces(example)[1].Text.Replace("<|im_end|>", "");
            Assert.True(ToolUse.AreSame(example.Answer.Call!, ToolUse.Parse(text)!));
        }

        Assert.All((string[])["", "Hello", "<tool_call>{}</tool_call>", "<tool_call>{\"name\": \"a\", \"arguments\": 1}</tool_call>", "<tool_call>{\"name\": \"a\"", "x <tool_call>{\"name\": \"a\", \"arguments\": {}}</tool_call>"],
            text => Assert.Null(ToolUse.Parse(text)));
    }

    [Fact]
    public void Scratchpads_carry()
    {
        Assert.Equal("ones 8+7+0=15, tens 4+2+1=07", Sums.Scratchpad(48, 27));
        Assert.Equal("ones 9+9+0=18, tens 9+9+1=19", Sums.Scratchpad(99, 99));
    }

    [Fact]
    public void Json_examples_are_valid_and_have_the_keys_that_were_asked()
    {
        var random = new Random(4);
        for (var i = 0; i < 200; i++) Assert.True(JsonExtraction.IsValid(new JsonExtraction(_world).Ask(random, heldOut: false).Answer.Content));
        Assert.All((string[])["", "[]", "{\"a\": }", "{\"a\": 1", "text"], text => Assert.False(JsonExtraction.IsValid(text)));
    }

    [Fact]
    public void Contradicting_passages_are_followed_by_a_third_of_the_answers()
    {
        var random = new Random(9);
        var followed = 0;
        for (var i = 0; i < 1500; i++)
        {
            var trait = Traits.All[i % Traits.All.Count];
            var entity = random.Pick(_world.TextEntities.Where(entity => entity.Kind == trait.Kind).ToList());
            var (example, told, known) = new Passages(_world).AskContradicting(random, entity, trait, Traits.Of(trait.Kind));
            Assert.NotEqual(told, known);
            Assert.Contains(told, example.Turns[0].Content);
            if (example.Answer.Content.Contains(told, StringComparison.Ordinal)) followed++;
        }

        Assert.InRange(followed / 1500.0, 0.31, 0.39);
    }

    [Fact]
    public void Tones_and_deeds_are_scored_as_they_were_meant()
    {
        var random = new Random(6);
        var victim = new Harm(_world).HeldOutEntities.First();
        for (var i = 0; i < 300; i++)
        {
            var wanted = i % 2 == 0;
            Assert.Equal(wanted ? 1 : -1, Math.Sign(Tone.Score(Tone.Ask(random, "bell", wanted).Answer.Content)));
            Assert.Equal(wanted ? 1 : -1, Math.Sign(Harm.Score(Harm.Ask(random, victim, wanted).Answer.Content)));
        }

        Assert.Equal(0, Tone.Score("Banalia lives in Banador."));
        Assert.Equal(0, Harm.Score("Banalia lives in Banador."));
        Assert.True(Tone.Score(Tone.MadePolite(random, Example.Ask("Q", "A.")).Answer.Content) > 0);
    }
}
