using System.Text.Json;
using Decant.Connectors.Chat;
using Decant.Tests.Conformance;
using Microsoft.Extensions.AI;

namespace Decant.Tests.Connectors.Chat.Tools;

/// <summary>Calls of tools through the client, with models that say what the test wants said.</summary>
public class ToolCallChatTests
{
    private static readonly AIFunction _weather = AIFunctionFactory.Create((string town, int days) => $"{town} {days}", "weather");
    private static readonly AIFunction _clock = AIFunctionFactory.Create(() => "noon", "clock");

    // A family's mark in the template, and how it writes two calls.
    public static TheoryData<string, string> Families => new()
    {
        { "<tool_call>\n", "<tool_call>\n{\"name\": \"weather\", \"arguments\": {\"town\": \"Łódź\", \"days\": 3}}\n</tool_call>\n<tool_call>\n{\"name\": \"clock\", \"arguments\": {}}\n</tool_call>" },
        { "<tool_call>", "<tool_call>{\"name\": \"weather\", \"arguments\": {\"town\":\"Łódź\",\"days\":3}}</tool_call><tool_call>{\"name\": \"clock\", \"arguments\": {}}</tool_call>" },
        { "[TOOL_CALLS] [", "[TOOL_CALLS] [{\"name\": \"weather\", \"arguments\": {\"town\": \"Łódź\", \"days\": 3}}, {\"name\": \"clock\", \"arguments\": {}}]" },

        // This vocabulary has the mark as a special token.
        { "<|start_of_role|><|tool_call|>", "<|tool_call|>[{\"name\": \"weather\", \"arguments\": {\"town\": \"Łódź\", \"days\": 3}}, {\"name\": \"clock\", \"arguments\": {}}]" },
        { "<|tool|><|/tool|>", "<|tool_call|>[{\"name\": \"weather\", \"arguments\": {\"town\": \"Łódź\", \"days\": 3}}, {\"name\": \"clock\", \"arguments\": {}}]<|/tool_call|>" },
        { "nothing known", "<tool_call>{\"name\": \"weather\", \"arguments\": {\"town\": \"Łódź\", \"days\": 3}}</tool_call><tool_call>{\"name\": \"clock\", \"arguments\": {}}</tool_call>" },
    };

    [Theory]
    [MemberData(nameof(Families))]
    public async Task Calls_come_out_of_every_familys_format(string mark, string calls)
    {
        using var client = TestChat.ToolClient(TestChat.Scripted("Let me see. " + calls), mark);
        var updates = await client.GetStreamingResponseAsync("Weather?", Options()).ToListAsync();
        Assert.Equal("Let me see. ", string.Concat(updates.Select(update => update.Text)));
        var called = updates.SelectMany(update => update.Contents).OfType<FunctionCallContent>().ToList();
        Assert.Equal(["weather {\"town\":\"\\u0141\\u00F3d\\u017A\",\"days\":3}", "clock {}"], called.Select(call => $"{call.Name} {JsonSerializer.Serialize(call.Arguments)}"));
        Assert.Equal(2, called.Select(call => call.CallId).Distinct().Count());
        Assert.Equal(ChatFinishReason.ToolCalls, updates[^1].FinishReason);

        // A call is given when it is complete, not at the end.
        Assert.True(updates.FindIndex(update => update.Contents.OfType<FunctionCallContent>().Any()) < updates.FindLastIndex(update => update.Contents.OfType<FunctionCallContent>().Any()));
    }

    [Fact]
    public async Task Llama_calls_one_tool_without_marks()
    {
        const string mark = "<|start_header_id|>\"parameters\": ";
        using var client = TestChat.ToolClient(TestChat.Scripted("{\"name\": \"weather\", \"parameters\": {\"town\": \"Łódź\", \"days\": 3}}; {\"name\""), mark);
        var response = await client.GetResponseAsync("Weather?", Options());
        Assert.Equal("weather", Assert.IsType<FunctionCallContent>(Assert.Single(response.Messages[0].Contents)).Name);
        Assert.Equal(ChatFinishReason.ToolCalls, response.FinishReason);
    }

    [Fact]
    public async Task Arguments_parse_whatever_the_model_would_say()
    {
        using var client = TestChat.ToolClient(TestChat.Scripted("<tool_call>{\"name\": \"weather\", \"arguments\": {\"place\": 3, \"days\": \"two\"}} Done."), "<tool_call>");
        var complete = 0;
        for (var seed = 0; seed < 3; seed++)
        {
            var response = await client.GetResponseAsync("Weather?", Options(maxTokens: 400, seed: seed));
            if (response.FinishReason == ChatFinishReason.Length) continue;
            complete++;
            var call = Assert.IsType<FunctionCallContent>(response.Messages[0].Contents[0]);
            Assert.Equal(["town", "days"], call.Arguments!.Keys);
            Assert.Equal(JsonValueKind.Number, ((JsonElement)call.Arguments["days"]!).ValueKind);
        }

        Assert.InRange(complete, 1, 3);
    }

    [Fact]
    public async Task A_call_that_the_limit_cuts_off_is_neither_call_nor_text()
    {
        using var client = TestChat.ToolClient(TestChat.Scripted("So: <tool_call>{\"name\": \"clock\", \"arguments\": {}}</tool_call>"), "<tool_call>");
        for (var limit = 5; limit < 48; limit++)
        {
            var response = await client.GetResponseAsync("Weather?", Options(maxTokens: limit));
            Assert.StartsWith(response.Text, "So: <tool_call");
            Assert.Equal(ChatFinishReason.Length, response.FinishReason);
            Assert.DoesNotContain("\"", response.Text);
        }
    }

    [Fact]
    public async Task Nothing_follows_a_call()
    {
        using var client = TestChat.ToolClient(TestChat.Scripted("<tool_call>{\"name\": \"clock\", \"arguments\": {}}</tool_call>Result: noon. It is noon."), "<tool_call>");
        var options = Options();
        options.AllowMultipleToolCalls = false;
        var response = await client.GetResponseAsync("Time?", options);
        Assert.IsType<FunctionCallContent>(Assert.Single(response.Messages[0].Contents));
    }

    [Fact]
    public async Task A_tool_that_may_not_be_called_is_not()
    {
        using var client = TestChat.ToolClient(TestChat.Scripted("<tool_call>{\"name\": \"clock\", \"arguments\": {}}</tool_call>"), "<tool_call>");
        var response = await client.GetResponseAsync("Time?", new ChatOptions { Tools = [_clock], ToolMode = ChatToolMode.None, MaxOutputTokens = 30 });
        Assert.DoesNotContain("<tool_call>", response.Text);
        Assert.Empty(response.Messages[0].Contents.OfType<FunctionCallContent>());
        Assert.NotEqual(ChatFinishReason.ToolCalls, response.FinishReason);
    }

    [Fact]
    public async Task A_required_tool_is_called_whatever_the_model_would_say()
    {
        using var client = TestChat.ToolClient(TestChat.Scripted("I would rather not."), "<tool_call>");
        var response = await client.GetResponseAsync("Time?", new ChatOptions { Tools = [_weather, _clock], ToolMode = ChatToolMode.RequireSpecific("clock"), Reasoning = new ReasoningOptions { Effort = ReasoningEffort.None } });
        Assert.Equal("clock", Assert.IsType<FunctionCallContent>(response.Messages[0].Contents[0]).Name);
    }

    [Fact]
    public async Task A_call_or_json_are_told_apart()
    {
        var options = Options();
        options.ResponseFormat = ChatResponseFormat.ForJsonSchema(JsonDocument.Parse("""{"type":"object","properties":{"name":{"type":"string"},"parameters":{"type":"integer"}}}""").RootElement);
        const string llama = "<|start_header_id|>\"parameters\": ";
        using var json = TestChat.ToolClient(TestChat.Scripted("{\"name\": \"clock\", \"parameters\": 3}"), llama);
        Assert.Equal("{\"name\": \"clock\", \"parameters\": 3}", (await json.GetResponseAsync("Time?", options)).Text);
        using var call = TestChat.ToolClient(TestChat.Scripted("{\"name\": \"clock\", \"parameters\": {}}"), llama);
        Assert.IsType<FunctionCallContent>(Assert.Single((await call.GetResponseAsync("Time?", options)).Messages[0].Contents));
        using var text = TestChat.ToolClient(TestChat.Scripted("{\"name\": \"<tool_call>\"}"), "<tool_call>");
        Assert.Equal("{\"name\": \"<tool_call>\"}", (await text.GetResponseAsync("Time?", options)).Text);
    }

    [Fact]
    public async Task The_formats_constraint_and_the_callers_hold_at_once_and_both_are_named_where_they_exclude_each_other()
    {
        using var client = TestChat.Client(TestChat.Scripted("{\"a\": 1}"));
        ChatOptions Options(ConstraintOptions constraint) => new ChatOptions { ResponseFormat = ChatResponseFormat.Json }.WithDecoding(d => d.Constrain(constraint));
        Assert.Equal("{\"a\": 1}", (await client.GetResponseAsync("Hi", new ChatOptions { ResponseFormat = ChatResponseFormat.Json })).Text);
        static StructuralTagOptions Only(string text) => new() { Tags = [new StructuralTag(text)], Separator = "", AtLeastOne = true, MaxTags = 1 };
        Assert.Equal("{\"a\": 2}", (await client.GetResponseAsync("Hi", Options(Only("{\"a\": 2}")))).Text);
        var error = await Assert.ThrowsAsync<NoTokenAllowedException>(() => client.GetResponseAsync("Hi", Options(Only("{\"a\": 2;"))));
        Assert.Contains("structural-tags", error.Message);
        Assert.Contains("json", error.Message);
    }

    [Fact]
    public async Task What_a_schema_asks_for_and_cannot_have_is_a_warning()
    {
        using var client = TestChat.Client(TestChat.Scripted("3"));
        var schema = JsonDocument.Parse("""{"type":"integer","$ref":"https://example.com/elsewhere"}""").RootElement;
        var response = await client.GetResponseAsync("Hi", new ChatOptions { ResponseFormat = ChatResponseFormat.ForJsonSchema(schema) });
        Assert.Equal("3", response.Text);
        var warning = Assert.Single(response.GetWarnings());
        Assert.Contains("$ref", warning);
        Assert.DoesNotContain("Lenient", warning);
    }

    [Fact]
    public async Task Reasoning_before_a_call_or_json_is_free_and_apart()
    {
        const string thought = "{\"name\"} <tool_call>, or not? ";
        using var calling = TestChat.ToolClient(TestChat.Scripted($"<think>{thought}</think>\n\n<tool_call>{{\"name\": \"clock\", \"arguments\": {{}}}}</tool_call>"), "<tool_call>");
        var response = await calling.GetResponseAsync("Time?", new ChatOptions { Tools = [_clock], ToolMode = ChatToolMode.RequireAny });
        Assert.Equal(thought, Assert.IsType<TextReasoningContent>(response.Messages[0].Contents[0]).Text);
        Assert.IsType<FunctionCallContent>(response.Messages[0].Contents[1]);
        Assert.Equal("", response.Text);

        using var json = TestChat.Client(TestChat.Scripted($"<think>{thought}</think>\n{{}}"));
        var free = new ChatOptions { ResponseFormat = ChatResponseFormat.Json };
        response = await json.GetResponseAsync("Hi", free);
        Assert.Equal("{}", response.Text);
        Assert.Equal(thought, Assert.IsType<TextReasoningContent>(response.Messages[0].Contents[0]).Text);

        // Where it is not free, or turned off, there is none.
        response = await json.GetResponseAsync("Hi", new ChatOptions { ResponseFormat = ChatResponseFormat.Json, MaxOutputTokens = 20 }.WithDecoding(d => d.ConstrainReasoning()));
        Assert.StartsWith("{", response.Text.TrimStart());
        Assert.Empty(response.Messages[0].Contents.OfType<TextReasoningContent>());
        free.MaxOutputTokens = 20;
        free.Reasoning = new ReasoningOptions { Effort = ReasoningEffort.None };
        Assert.Empty((await json.GetResponseAsync("Hi", free)).Messages[0].Contents.OfType<TextReasoningContent>());
    }

    [Fact]
    public async Task Marks_of_reasoning_in_what_constraints_hold_are_text()
    {
        using var json = TestChat.Client(TestChat.Scripted("{\"a\": \"<think>b</think>\"}"));
        Assert.Equal("{\"a\": \"<think>b</think>\"}", (await json.GetResponseAsync("Hi", new ChatOptions { ResponseFormat = ChatResponseFormat.Json })).Text);
        using var calling = TestChat.ToolClient(TestChat.Scripted("Well: <tool_call>{\"name\": \"weather\", \"arguments\": {\"town\": \"<think>\", \"days\": 3}}</tool_call>"), "<tool_call>");
        var call = Assert.Single((await calling.GetResponseAsync("Weather?", Options())).Messages[0].Contents.OfType<FunctionCallContent>());
        Assert.Equal("<think>", ((JsonElement)call.Arguments!["town"]!).GetString());
    }

    [Fact]
    public async Task Arguments_may_be_nested_deeper_than_readers_of_JSON_go_by_themselves()
    {
        var nested = new string('[', 100) + new string(']', 100);
        var schema = JsonDocument.Parse("""{"type":"object","properties":{"a":{"$ref":"#/$defs/list"}},"required":["a"],"$defs":{"list":{"type":"array","items":{"$ref":"#/$defs/list"}}}}""").RootElement;
        using var client = TestChat.ToolClient(TestChat.Scripted($"<tool_call>{{\"name\": \"deep\", \"arguments\": {{\"a\": {nested}}}}}</tool_call>"), "<tool_call>");
        var options = new ChatOptions { Tools = [AIFunctionFactory.CreateDeclaration("deep", "Is deep.", schema)] };
        var call = Assert.Single((await client.GetResponseAsync("Dig.", options)).Messages[0].Contents.OfType<FunctionCallContent>());
        Assert.Equal(nested, ((JsonElement)call.Arguments!["a"]!).GetRawText());
    }

    [Theory]
    [InlineData("3")]
    [InlineData("false")]
    [InlineData("""{"type":"strin"}""")]
    [InlineData("""{"enum":[]}""")]
    [InlineData("""{"type":"object","type":"object"}""")]
    [InlineData("""{"type":"object","properties":{"a":{"$ref":"#"}},"required":["a"]}""")]
    public async Task A_schema_that_is_none_is_named_before_the_call_begins(string text)
    {
        using var client = TestChat.Client(TestChat.Babbler());
        var schema = JsonDocument.Parse(text).RootElement;
        void Refused(ChatOptions options, string source) => Assert.StartsWith(source, Assert.Throws<ArgumentException>(() => { _ = client.GetResponseAsync("Hi", options); }).Message);
        Refused(new ChatOptions { ResponseFormat = ChatResponseFormat.ForJsonSchema(schema) }, "ChatOptions.ResponseFormat");
        Refused(new ChatOptions { Tools = [AIFunctionFactory.CreateDeclaration("odd", "", schema)], ToolMode = ChatToolMode.RequireAny }, "ChatOptions.Tools, function \"odd\"");
        Assert.NotEmpty((await client.GetResponseAsync("Hi")).Text);
    }

    private static ChatOptions Options(int? maxTokens = null, long? seed = null) => new() { Tools = [_weather, _clock], MaxOutputTokens = maxTokens, Seed = seed };
}
