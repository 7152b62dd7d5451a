using System.Text.Json;
using Decant.Connectors.Embedded;
using Decant.Connectors.Prompting;

namespace Decant.Tests.Connectors.Prompting;

public class ToolCallFormatTests
{
    private const string Reads = "{% if tools %}{{ tools }}{% endif %}";

    // What templates of the families have in them, and two calls as those families write them.
    public static TheoryData<string, string> Families => new()
    {
        { "Write <tool_call>\n{\"name\": …", "<tool_call>\n{\"name\": \"a\", \"arguments\": {}}\n</tool_call>\n<tool_call>\n{\"name\": \"b\", \"arguments\": {\"x\": 1}}\n</tool_call>" },
        { @"{{ '<tool_call>\n{' }}", "<tool_call>\n{\"name\": \"a\", \"arguments\": {}}\n</tool_call>\n<tool_call>\n{\"name\": \"b\", \"arguments\": {\"x\": 1}}\n</tool_call>" },
        { "{{ '<tool_call>' + call }}", "<tool_call>{\"name\": \"a\", \"arguments\": {}}</tool_call><tool_call>{\"name\": \"b\", \"arguments\": {\"x\": 1}}</tool_call>" },
        { "{{ '[TOOL_CALLS] [' }}", "[TOOL_CALLS] [{\"name\": \"a\", \"arguments\": {}}, {\"name\": \"b\", \"arguments\": {\"x\": 1}}]" },
        { "{{ '[TOOL_CALLS][' }}", "[TOOL_CALLS][{\"name\": \"a\", \"arguments\": {}}, {\"name\": \"b\", \"arguments\": {\"x\": 1}}]" },
        { "{{ '<|start_of_role|>assistant' }}Write <|tool_call|>.", "<|tool_call|>[{\"name\": \"a\", \"arguments\": {}}, {\"name\": \"b\", \"arguments\": {\"x\": 1}}]" },
        { "{{ '<|tool|>' + message['tools'] + '<|/tool|>' }}", "<|tool_call|>[{\"name\": \"a\", \"arguments\": {}}, {\"name\": \"b\", \"arguments\": {\"x\": 1}}]<|/tool_call|>" },
        { "{{ 'something else' }}", "<tool_call>{\"name\": \"a\", \"arguments\": {}}</tool_call><tool_call>{\"name\": \"b\", \"arguments\": {\"x\": 1}}</tool_call>" },
        { "{{ '[TOOL_CALLS]' + name + '[ARGS]' }}", "<tool_call>{\"name\": \"a\", \"arguments\": {}}</tool_call><tool_call>{\"name\": \"b\", \"arguments\": {\"x\": 1}}</tool_call>" },
    };

    [Theory]
    [MemberData(nameof(Families))]
    public void The_template_says_how_calls_are_written(string template, string calls)
    {
        var format = ChatTemplate.Parse(Reads + template).ToolCalls;
        Assert.Equal(calls, format.Write([("a", "{}"), ("b", "{\"x\": 1}")]));
        Assert.StartsWith(format.Trigger, calls);
        Assert.Equal(template.Contains("else") || template.Contains("ARGS"), format.IsExplained);
    }

    [Fact]
    public void Llama_writes_one_call_without_marks()
    {
        var format = ChatTemplate.Parse(Reads + "{{ '<|start_header_id|>' + '{\"name\": \"' + name + '\", \"parameters\": ' }}").ToolCalls;
        Assert.Equal("{\"name\": \"a\", \"parameters\": {\"x\": 1}}", format.Write([("a", "{\"x\": 1}")]));
        Assert.Null(format.Separator);
    }

    [Fact]
    public void A_template_that_reads_no_tools_has_them_explained() => Assert.True(ChatTemplate.Parse("Write <tool_call>, whatever tools are.").ToolCalls.IsExplained);

    [Fact]
    public void Names_are_written_as_json() => Assert.Equal("{\"name\": \"a\\\"é\", \"arguments\": ", GenericToolCalls.Format.Begin("a\"é"));

    [SkippableTheory]
    [InlineData("meta-llama/Llama-3.1-8B-Instruct", 1)]
    [InlineData("Qwen/Qwen2.5-7B-Instruct", 2)]
    [InlineData("qwen3", 2)]
    [InlineData("decant-tiny", 2)]
    public void What_a_template_makes_of_earlier_calls_is_the_format(string name, int count)
    {
        var template = Template(name);
        (string Name, string Arguments)[] calls = [.. new[] { ("weather", "{\"town\": \"Paris\", \"days\": 3}"), ("clock", "{\"zone\": \"UTC\"}") }.Take(count)];
        var prompt = template.Render(new Dictionary<string, object?>
        {
            ["messages"] = new List<object?>
            {
                new Dictionary<string, object?> { ["role"] = "user", ["content"] = "Hello" },
                new Dictionary<string, object?>
                {
                    ["role"] = "assistant",
                    ["content"] = "",
                    ["tool_calls"] = calls.Select(call => new Dictionary<string, object?>
                    {
                        ["type"] = "function",
                        ["function"] = new Dictionary<string, object?> { ["name"] = call.Name, ["arguments"] = JsonDocument.Parse(call.Arguments).RootElement.Deserialize<Dictionary<string, object>>() },
                    }).ToList<object?>(),
                },
            },
        });
        Assert.Contains(template.ToolCalls.Write(calls), prompt);
        Assert.False(template.ToolCalls.IsExplained);
    }

    [SkippableTheory]
    [InlineData("HuggingFaceTB/SmolLM3-3B", "<tool_call>\n")]
    [InlineData("meta-llama/Llama-3.2-11B-Vision-Instruct", "")]
    [InlineData("CohereForAI/c4ai-command-r-v01", null)]
    [InlineData("ai21labs/AI21-Jamba-Large-1.6", null)]
    [InlineData("_base", null)]
    public void Other_templates_are_told_apart(string name, string? open)
    {
        var format = Template(name).ToolCalls;
        Assert.Equal(open is null, format.IsExplained);
        if (open is not null) Assert.Equal(open, format.Open);
    }

    private static ChatTemplate Template(string name)
    {
        if (name == EmbeddedModels.Tiny) return ChatTemplate.Load(EmbeddedModels.Folder(name))!;
        if (name == "qwen3") return ChatTemplate.Load(TestData.Path("tokenizers/ort-ext/qwen3"))!;
        using var file = JsonDocument.Parse(File.ReadAllBytes(TestData.Path("chat_templates/templates_with_expected_text.json")));
        return ChatTemplate.Parse(file.RootElement.GetProperty("cases").EnumerateArray().First(entry => entry.GetProperty("name").GetString() == name).GetProperty("chat_template").GetString()!);
    }
}
