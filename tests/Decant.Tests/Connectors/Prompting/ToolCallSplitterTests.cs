using System.Text.Json;
using Decant.Connectors.Prompting;
using Microsoft.Extensions.AI;

namespace Decant.Tests.Connectors.Prompting;

public class ToolCallSplitterTests
{
    private static readonly ToolCallFormat _llama = LlamaToolCalls.Read("<|start_header_id|>\"parameters\": ")!;
    private static readonly ToolCallFormat _mistral = MistralToolCalls.Read("[TOOL_CALLS] [")!;

    public static TheoryData<string, bool, string, string> Answers => new()
    {
        { "hermes", false, "Let me see.<tool_call>{\"name\": \"a\", \"arguments\": {\"x\": \"}\\\"{\"}}</tool_call>", "Let me see.|a {\"x\":\"}\\u0022{\"}" },
        { "hermes", false, "<tool_call>{\"name\": \"a\", \"arguments\": {}}</tool_call><tool_call>{\"name\": \"b\", \"arguments\": {\"y\": {\"z\": [1, 2]}}}</tool_call>", "a {}|b {\"y\":{\"z\":[1,2]}}" },
        { "hermes", false, "a < b and <tool", "a < b and <tool" },
        { "hermes", false, "<tool_call>{\"name\": \"a\", \"argum", "" },
        { "hermes", false, "x<tool_call>{\"name\": \"a\", \"arguments\": {}}", "x|a {}" },
        { "hermes", false, "é😀<tool_call>{\"name\": \"a\", \"arguments\": {\"x\": \"é😀\"}}</tool_call>", "é😀|a {\"x\":\"\\u00E9\\uD83D\\uDE00\"}" },
        { "hermes", true, "{\"text\": \"<tool_call>\"}", "{\"text\": \"<tool_call>\"}" },
        { "hermes", true, "<tool_call>{\"name\": \"a\", \"arguments\": {}}</tool_call>", "a {}" },
        { "mistral", false, "So: [TOOL_CALLS] [{\"name\": \"a\", \"arguments\": {\"x\": 1}}, {\"name\": \"b\", \"arguments\": {}}]", "So: |a {\"x\":1}|b {}" },
        { "llama", false, "{\"name\": \"a\", \"parameters\": {\"x\": 1, \"x\": 2}}", "a {\"x\":2}" },
        { "llama", false, "{\"nam", "{\"nam" },
        { "llama", true, "{\"name\": \"a\", \"parameters\": {\"x\": 1}}", "a {\"x\":1}" },
        { "llama", true, "{\"name\": \"Ann\", \"age\": 3}", "{\"name\": \"Ann\", \"age\": 3}" },
        { "llama", true, "{\"name\": \"a\", \"age\": {\"name\": 3}} ", "{\"name\": \"a\", \"age\": {\"name\": 3}} " },
        { "llama", true, " {\"name\": \"a\"}", " {\"name\": \"a\"}" },
    };

    [Theory]
    [MemberData(nameof(Answers))]
    public void However_a_text_is_cut_it_is_split_alike(string format, bool onlyAtStart, string text, string expected)
    {
        Assert.Equal(expected, Split(format, onlyAtStart, [text]));
        Assert.Equal(expected, Split(format, onlyAtStart, text.Select(character => character.ToString())));
        for (var first = 0; first <= text.Length; first++)
        {
            for (var second = first; second <= text.Length; second++) Assert.Equal(expected, Split(format, onlyAtStart, [text[..first], text[first..second], text[second..]]));
        }
    }

    [Fact]
    public void Text_is_given_as_soon_as_it_can_be_no_trigger_any_more()
    {
        var splitter = new ToolCallSplitter(GenericToolCalls.Format, new HashSet<string> { "a" }, onlyAtStart: false);
        Assert.Equal([("a ", null)], splitter.Append("a <to"));
        Assert.Equal([("<to<", null)], splitter.Append("<<"));
        Assert.Equal("<", splitter.Flush());
    }

    [Fact]
    public void Every_call_has_an_id_of_its_own()
    {
        var splitter = new ToolCallSplitter(GenericToolCalls.Format, new HashSet<string> { "a" }, onlyAtStart: false);
        var ids = splitter.Append("<tool_call>" + string.Concat(Enumerable.Repeat("{\"name\": \"a\", \"arguments\": {}}", 100))).Select(piece => piece.Call!.CallId).ToList();
        Assert.Equal(100, ids.Distinct().Count());
        Assert.All(ids, id => Assert.Matches("^[a-z0-9]{9}$", id));
    }

    [Fact]
    public void Arguments_may_be_nested_deeply()
    {
        var splitter = new ToolCallSplitter(GenericToolCalls.Format, new HashSet<string> { "a" }, onlyAtStart: false);
        var nested = new string('[', 1000) + new string(']', 1000);
        var (_, call) = Assert.Single(splitter.Append(GenericToolCalls.Format.Write([("a", $"{{\"x\": {nested}}}")])));
        Assert.Equal(nested, ((JsonElement)call!.Arguments!["x"]!).GetRawText());
    }

    private static string Split(string format, bool onlyAtStart, IEnumerable<string> chunks)
    {
        var splitter = new ToolCallSplitter(format switch { "llama" => _llama, "mistral" => _mistral, _ => GenericToolCalls.Format }, new HashSet<string> { "a", "b" }, onlyAtStart);
        var (pieces, text) = (new List<string>(), "");
        void Add(string said, FunctionCallContent? call)
        {
            text += said;
            if (call is null) return;
            if (text.Length > 0) pieces.Add(text);
            text = "";
            pieces.Add($"{call.Name} {JsonSerializer.Serialize(call.Arguments)}");
        }

        foreach (var chunk in chunks)
        {
            foreach (var (said, call) in splitter.Append(chunk)) Add(said, call);
        }

        Add(splitter.Flush(), null);
        if (text.Length > 0) pieces.Add(text);
        return string.Join('|', pieces);
    }
}
