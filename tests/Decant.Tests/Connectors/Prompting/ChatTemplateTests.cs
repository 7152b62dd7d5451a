using System.Text.Json;
using Decant.Connectors.Prompting;
using Decant.Connectors.Prompting.Jinja;

namespace Decant.Tests.Connectors.Prompting;

/// <summary>Templates from folders, reasoning marks, limits, damage.</summary>
public class ChatTemplateTests
{
    private static Dictionary<string, object?> Conversation(params (string Role, string Content)[] messages) => new()
    {
        ["messages"] = messages.Select(message => new Dictionary<string, object?> { ["role"] = message.Role, ["content"] = message.Content }).ToList(),
        ["add_generation_prompt"] = true,
    };

    [Fact]
    public void The_plain_format_is_as_documented() =>
        Assert.Equal("Be brief.\n\nUser: Hi\nAssistant: Hello\nUser: Bye\nAssistant:", ChatTemplate.Plain.Render(Conversation(("system", "Be brief."), ("user", "Hi"), ("assistant", "Hello"), ("user", "Bye"))));

    [SkippableTheory]
    [InlineData("qwen3")]
    [InlineData("smollm3")]
    public void Folders_with_templates_render_tools_and_thinking(string name)
    {
        var template = ChatTemplate.Load(TestData.Path($"tokenizers/ort-ext/{name}"))!;
        var variables = Conversation(("user", "What is the weather in Paris?"));
        var plain = template.Render(variables);
        Assert.EndsWith("<|im_start|>assistant\n", plain);
        variables["enable_thinking"] = false;
        var silent = template.Render(variables);
        Assert.NotEqual(plain, silent);
        Assert.Contains("</think>", silent);
        Assert.Equal(new ReasoningFormat("<think>", "</think>"), template.Reasoning);

        variables["tools"] = JsonDocument.Parse("""[{"type":"function","function":{"name":"get_weather","parameters":{"type":"object"}}}]""").RootElement;
        Assert.Contains("get_weather", template.Render(variables));
    }

    [Theory]
    [InlineData("""{"chat_template":"A"}""", "A", "A")]
    [InlineData("""{"chat_template":[{"name":"tool_use","template":"T"},{"name":"default","template":"D"}]}""", "D", "T")]
    [InlineData("""{"chat_template":[{"name":"x","template":"B"},{"name":"x","template":"C"}]}""", "C", "C")]
    [InlineData("""{"chat_template":null}""", null, null)]
    [InlineData("""{"chat_template":[]}""", null, null)]
    [InlineData("""{"chat_template":5}""", "damaged", null)]
    [InlineData("""{"chat_template":[5]}""", "damaged", null)]
    [InlineData("""{"chat_template":[{"name":"x"}]}""", "damaged", null)]
    [InlineData("""{"bos_token":5,"eos_token":{"content":7},"pad_token":{"content":"P"},"chat_template":"{{ pad_token }}{{ eos_token }}"}""", "P", "P")]
    public void Templates_are_found_in_the_configuration_or_it_is_named(string json, string? expected, string? withTools)
    {
        var folder = Directory.CreateTempSubdirectory("decant-test-").FullName;
        try
        {
            File.WriteAllText(Path.Combine(folder, "tokenizer_config.json"), json);
            if (expected == "damaged")
            {
                Assert.Contains("tokenizer_config.json", Assert.Throws<InvalidDataException>(() => ChatTemplate.Load(folder)).Message);
                return;
            }

            var template = ChatTemplate.Load(folder);
            Assert.Equal(expected, template?.Render(Conversation()));
            Assert.Equal(withTools, template?.Render(new Dictionary<string, object?> { ["tools"] = new List<object?>() }));
        }
        finally
        {
            Directory.Delete(folder, recursive: true);
        }
    }

    [Theory]
    [InlineData("{{ raise_exception('no system role') }}", "no system role")]
    [InlineData("a\nb\n{% if %}{% endif %}", "line 3")]
    [InlineData("{% for x in range(3) %}", "endfor")]
    [InlineData("{{ x | shuffle }}", "shuffle")]
    [InlineData("{{ x is purple }}", "purple")]
    [InlineData("{{ x.y.z }}", "x")]
    [InlineData("{{ 1 // 0 }}", "zero")]
    [InlineData("{{ '%q' | format(1) }}", "%q")]
    [InlineData("{{ '%d' | format('x') }}", "number")]
    [InlineData("{{ '%99999999d' | format(1) }}", "wider")]
    [InlineData("{% for i in range(999999999) %}{% endfor %}", "range")]
    [InlineData("{% for a in range(99999) %}{% for b in range(99999) %}{% endfor %}{% endfor %}", "steps")]
    [InlineData("{% macro m() %}{{ m() }}{% endmacro %}{{ m() }}", "nested")]
    [InlineData("{{ 'x' * 999999999999 }}", "longer")]
    [InlineData("{% set ns = namespace(s='x') %}{% for i in range(99) %}{% set ns.s = ns.s + ns.s %}{% endfor %}", "longer")]
    public void What_is_wrong_is_said(string source, string part) =>
        Assert.Contains(part, Assert.Throws<ChatTemplateException>(() => ChatTemplate.Parse(source).Render(new Dictionary<string, object?>())).Message);

    [SkippableFact]
    public void Damaged_templates_end_in_text_or_a_template_exception()
    {
        using var document = JsonDocument.Parse(File.ReadAllText(TestData.Path("chat_templates/templates_with_expected_text.json")));
        var random = new Random(5);
        var refused = 0;
        foreach (var test in document.RootElement.GetProperty("cases").EnumerateArray())
        {
            var variables = test.GetProperty("data").EnumerateObject().ToDictionary(member => member.Name, member => (object?)member.Value);
            var source = test.GetProperty("chat_template").GetString()!;
            for (var i = 0; i < 40; i++)
            {
                var at = random.Next(source.Length);
                var damaged = source.Remove(at, random.Next(Math.Min(8, source.Length - at))).Insert(at, "{%}|()-+x"[random.Next(9)].ToString());
                try
                {
                    ChatTemplate.Parse(damaged).Render(variables);
                }
                catch (ChatTemplateException)
                {
                    refused++;
                }
            }
        }

        Assert.True(refused > 100);
    }

    [Fact]
    public void Reasoning_is_split_wherever_the_chunks_are_cut()
    {
        const string Text = "<think>\nfirst\n</think>\n\nanswer <b>bold</b> <think>more</think>end <thi";
        static string Join(IEnumerable<(string Text, bool IsReasoning)> pieces, bool reasoning) => string.Concat(pieces.Where(piece => piece.IsReasoning == reasoning).Select(piece => piece.Text));
        for (var size = 1; size <= Text.Length; size++)
        {
            var splitter = new ReasoningSplitter(new ReasoningFormat("<think>", "</think>"));
            var pieces = Text.Chunk(size).SelectMany(chunk => splitter.Append(new string(chunk))).ToList();
            pieces.AddRange(splitter.Flush());
            Assert.Equal("first\nmore", Join(pieces, true));
            Assert.Equal("answer <b>bold</b> end <thi", Join(pieces, false));
        }

        var inside = new ReasoningSplitter(new ReasoningFormat("<think>", "</think>"), startsInside: true);
        Assert.Equal([("plan", true), ("done", false)], inside.Append("plan</think>\ndone"));
    }

    [Theory]
    [InlineData(" \n<think>first</think>\nanswer <think>no</think> end <thi", "first", " \nanswer <think>no</think> end <thi")]
    [InlineData("answer <think>no</think>", "", "answer <think>no</think>")]
    [InlineData("<thin <think>no</think>", "", "<thin <think>no</think>")]
    public void Where_reasoning_can_only_come_first_later_marks_are_text(string text, string reasoning, string answer)
    {
        for (var size = 1; size <= text.Length; size++)
        {
            var splitter = new ReasoningSplitter(new ReasoningFormat("<think>", "</think>"), onlyAtStart: true);
            var pieces = text.Chunk(size).SelectMany(chunk => splitter.Append(new string(chunk))).ToList();
            pieces.AddRange(splitter.Flush());
            Assert.Equal(reasoning, string.Concat(pieces.Where(piece => piece.IsReasoning).Select(piece => piece.Text)));
            Assert.Equal(answer, string.Concat(pieces.Where(piece => !piece.IsReasoning).Select(piece => piece.Text)));
        }
    }

    // What Jinja2 3.1.6 on Python writes.
    [Theory]
    [InlineData("{{ '%.2f|%05d|%5s|%-5s|%+d|%x' | format(3.14159, 42, 'a', 'b', 7, 255) }}", "3.14|00042|    a|b    |+7|ff")]
    [InlineData("{{ '%d%% of %r' % (7.9, 'it') }}", "7% of 'it'")]
    [InlineData("{{ '%05d' % -42 }} {{ '%0d' % -3 }} {{ '%.1s' % 'abc' }}", "-0042 -3 a")]
    [InlineData("{{ 2 ** 3 ** 2 }} {{ -2 ** 2 }} {{ 2 * 3 ** 2 }}", "64 4 18")]
    [InlineData("{{ [] == () }} {{ (1, 2) == (1, 2) }}", "False True")]
    [InlineData("{{ ['a\u200d\u00a0\u2028\u00e9\x01'] }}", "['a\\u200d\\xa0\\u2028\u00e9\\x01']")]
    public void Expressions_give_what_Python_gives(string source, string expected) => Assert.Equal(expected, new JinjaTemplate(source).Render([]));

    [Fact]
    public void What_came_in_as_JSON_prints_as_JSON_and_everything_else_as_Python()
    {
        var json = JsonDocument.Parse("""[{"a":"it's","b":[true,null,1.0]}]""").RootElement;
        var plain = new List<object?> { new Dictionary<string, object?> { ["a"] = "it's", ["b"] = new List<object?> { true, null, 1.0 } } };
        var template = ChatTemplate.Parse("{{ x | string }} {{ x[0].b }} {{ x == y }} {{ [x[0].a] }} {{ x[0].b[0] }}");
        Assert.Equal("""[{"a": "it's", "b": [true, null, 1.0]}] [true, null, 1.0] True ["it's"] True""", template.Render(new Dictionary<string, object?> { ["x"] = json, ["y"] = plain }));
        Assert.Equal("""[{'a': "it's", 'b': [True, None, 1.0]}] [True, None, 1.0] True ["it's"] True""", template.Render(new Dictionary<string, object?> { ["x"] = plain, ["y"] = json }));
    }

    [Fact]
    public void Python_text_of_numbers_and_collections() => Assert.Equal(
        "1.0 1e-05 1e+16 0.1 [1, 'a', None, True] {'k': (1,)} 3 -4 1 2.5",
        new JinjaTemplate("{{ 1.0 }} {{ 0.00001 }} {{ 1e16 }} {{ 0.1 }} {{ [1, 'a', none, true] }} {{ {'k': (1,)} }} {{ 7 // 2 }} {{ -7 // 2 }} {{ -7 % 2 }} {{ 5 / 2 }}").Render([]));
}
