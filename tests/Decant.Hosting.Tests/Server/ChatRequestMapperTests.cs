using System.Text.Json;
using Decant.Connectors.Chat;
using Decant.Hosting;
using Decant.Hosting.Server;
using Microsoft.Extensions.AI;

namespace Decant.Tests.Hosting.Server;

/// <summary>What becomes of every member of a chat request.</summary>
public class ChatRequestMapperTests
{
    private const string Hello = """
        "messages":[{"role":"user","content":"hello"}]
        """;

    [Fact]
    public void Messages_of_all_roles_keep_what_they_say()
    {
        var messages = Map("""
            {"messages":[
              {"role":"developer","content":"Be brief."},
              {"role":"user","name":"Ann","content":[{"type":"text","text":"What "},{"type":"text","text":"now?"}]},
              {"role":"assistant","content":null,"reasoning_content":"Hm.","refusal":null,"tool_calls":[{"id":"1","type":"function","function":{"name":"look","arguments":"{\"at\":[1,2]}"}}]},
              {"role":"tool","tool_call_id":"1","content":"nothing"},
              {"role":"assistant","content":"Nothing."},
              {"role":"system","content":"Go on."}]}
            """).Messages;
        Assert.Equal([ChatRole.System, ChatRole.User, ChatRole.Assistant, ChatRole.Tool, ChatRole.Assistant, ChatRole.System], messages.Select(message => message.Role));
        Assert.Equal(["Be brief.", "What now?", "", "", "Nothing.", "Go on."], messages.Select(message => message.Text));
        Assert.Equal("Hm.", Assert.IsType<TextReasoningContent>(messages[2].Contents[0]).Text);
        var call = Assert.IsType<FunctionCallContent>(messages[2].Contents[1]);
        Assert.Equal(("1", "look", "[1,2]"), (call.CallId, call.Name, call.Arguments!["at"]!.ToString()));
        var result = Assert.IsType<FunctionResultContent>(messages[3].Contents[0]);
        Assert.Equal(("1", "nothing"), (result.CallId, result.Result));
    }

    [Fact]
    public void Settings_reach_the_options()
    {
        var options = Map($$"""
            { {{Hello}},"temperature":0.5,"top_p":0.9,"top_k":7,"min_p":0.1,"frequency_penalty":0.2,"presence_penalty":-0.2,"repetition_penalty":1.1,"no_repeat_ngram_size":3,"logit_bias":{"5":-3},
              "seed":4,"max_completion_tokens":9,"stop":["a","b"],"logprobs":true,"top_logprobs":2,"parallel_tool_calls":false,"reasoning_effort":"high","documents":["a",{"text":"b","title":"B"}] }
            """).Options;
        Assert.Equal((0.5f, 0.9f, 7, 0.2f, -0.2f, 4L, 9), (options.Temperature, options.TopP, options.TopK, options.FrequencyPenalty, options.PresencePenalty, options.Seed, options.MaxOutputTokens));
        Assert.Equal(["a", "b"], options.StopSequences!);
        var properties = options.AdditionalProperties!;
        Assert.Equal((0.1f, 1.1f, 3, true, 2), (properties["min_p"], properties["repetition_penalty"], properties["no_repeat_ngram_size"], properties["logprobs"], properties["top_logprobs"]));
        Assert.Equal(-3, ((JsonElement)properties["logit_bias"]!).GetProperty("5").GetInt32());
        Assert.Equal((false, ReasoningEffort.High), (options.AllowMultipleToolCalls, options.Reasoning!.Effort));
        Assert.Equal(["a", "b"], options.GetDocuments().Select(document => document.Text));
    }

    [Fact]
    public void What_is_left_out_is_left_to_the_client()
    {
        var options = Map($$"""{ {{Hello}},"stream_options":null,"audio":null,"store":false,"metadata":{"a":"b"},"user":"x","safety_identifier":"x","prompt_cache_key":"x","modalities":["text"] }""").Options;
        Assert.Equal(JsonSerializer.Serialize(new ChatOptions { AdditionalProperties = [] }, AIJsonUtilities.DefaultOptions), JsonSerializer.Serialize(options, AIJsonUtilities.DefaultOptions));
    }

    [Fact]
    public void Decoding_is_read_as_everywhere()
    {
        Assert.Equal(new DecodingOptions { Sampling = new GreedyOptions(), Trace = true }, Map($$"""{ {{Hello}},"decoding":{"sampling":"greedy","trace":true} }""").Options.GetDecoding());
        Assert.Equal(new DecodingOptions { Sampling = new GreedyOptions() }, Map($$"""{ {{Hello}},"decoding":"greedy" }""").Options.GetDecoding());
    }

    [Theory]
    [InlineData("", null)]
    [InlineData(""","service_tier":"auto" """, null)]
    [InlineData(""","service_tier":"default" """, null)]
    [InlineData(""","service_tier":"flex" """, CallPriority.Low)]
    [InlineData(""","service_tier":"priority" """, CallPriority.High)]
    [InlineData(""","priority":"low" """, CallPriority.Low)]
    [InlineData(""","priority":"normal" """, CallPriority.Normal)]
    [InlineData(""","priority":"high" """, CallPriority.High)]
    public void Tiers_and_priorities_are_priorities(string member, CallPriority? expected) => Assert.Equal(expected, Own(Map($$"""{ {{Hello}}{{member}} }""").Options).Priority);

    [Fact]
    public void A_deadline_the_prompts_limit_and_the_user_go_along()
    {
        var own = Own(Map($$"""{ {{Hello}},"deadline_seconds":2.5,"user":"Ann" }""", new DecantServerOptions { MaxInputTokens = 10 }).Options);
        Assert.Equal((2.5, 10, "Ann"), (own.DeadlineSeconds, own.MaxInputTokens, own.Caller));
    }

    [Theory]
    [InlineData("\"none\"", "None")]
    [InlineData("\"auto\"", "Auto")]
    [InlineData("\"required\"", "RequireAny")]
    [InlineData("""{"type":"function","function":{"name":"look"}}""", "look")]
    public void Tools_and_their_mode_are_functions(string choice, string expected)
    {
        var options = Map($$"""{ {{Hello}},"tools":[{"type":"function","function":{"name":"look","description":"Looks.","parameters":{"type":"object","properties":{"at":{"type":"string"} } },"strict":true} }],"tool_choice":{{choice}} }""").Options;
        var tool = Assert.IsAssignableFrom<AIFunctionDeclaration>(Assert.Single(options.Tools!));
        Assert.Equal(("look", "Looks."), (tool.Name, tool.Description));
        Assert.True(tool.JsonSchema.GetProperty("properties").TryGetProperty("at", out _));
        var mode = options.ToolMode switch
        {
            RequiredChatToolMode { RequiredFunctionName: { } name } => name,
            RequiredChatToolMode => "RequireAny",
            NoneChatToolMode => "None",
            _ => "Auto",
        };
        Assert.Equal(expected, mode);
    }

    [Fact]
    public void Formats_are_formats()
    {
        Assert.IsType<ChatResponseFormatText>(Map($$"""{ {{Hello}},"response_format":{"type":"text"} }""").Options.ResponseFormat);
        Assert.Null(Assert.IsType<ChatResponseFormatJson>(Map($$"""{ {{Hello}},"response_format":{"type":"json_object"} }""").Options.ResponseFormat).Schema);
        var json = Assert.IsType<ChatResponseFormatJson>(Map($$"""{ {{Hello}},"response_format":{"type":"json_schema","json_schema":{"name":"n","description":"d","schema":{"type":"object"},"strict":true} } }""").Options.ResponseFormat);
        Assert.Equal(("n", "d", """{"type":"object"}"""), (json.SchemaName, json.SchemaDescription, json.Schema!.Value.GetRawText()));
    }

    [Fact]
    public void Several_answers_are_calls_with_seeds_of_their_own()
    {
        Assert.Equal([7L, 8L, 9L], All($$"""{ {{Hello}},"n":3,"seed":7 }""").Select(call => call.Options.Seed));
        Assert.Equal([7L, 8L], All($$"""{ {{Hello}},"n":2,"decoding":{"sampling":{"kind":"sample","seed":7} } }""").Select(call => call.Options.GetDecoding()!.Sampling!.Seed));
        Assert.Equal([null, null], All($$"""{ {{Hello}},"n":2 }""").Select(call => call.Options.Seed));
    }

    [Fact]
    public void The_servers_limit_holds_where_a_request_names_none()
    {
        var limits = new DecantServerOptions { MaxOutputTokens = 20 };
        Assert.Equal(20, Map($$"""{ {{Hello}} }""", limits).Options.MaxOutputTokens);
        Assert.Equal(5, Map($$"""{ {{Hello}},"max_tokens":5 }""", limits).Options.MaxOutputTokens);
        Assert.Null(Map($$"""{ {{Hello}} }""").Options.MaxOutputTokens);
    }

    [Theory]
    [InlineData("", 1, 100)]
    [InlineData(",\"budget\":{\"max_seconds\":5}", 1, 100)]
    [InlineData(",\"budget\":{\"max_tokens\":100}", 1, 100)]
    [InlineData(",\"budget\":{\"max_tokens\":101}", 1, null)]
    [InlineData("", 3, 33)]
    [InlineData(",\"budget\":{\"max_tokens\":50}", 2, 50)]
    [InlineData(",\"budget\":{\"max_tokens\":50}", 3, null)]
    public void The_searches_of_a_request_write_no_more_than_allowed(string budget, int answers, int? each)
    {
        var json = $$"""{ {{Hello}},"n":{{answers}},"decoding":{"search":{"kind":"best-of","n":4,"rewards":["length"]}{{budget}} } }""";
        if (each is null)
        {
            var error = Assert.Throws<ApiException>(() => Map(json, new() { MaxSearchTokens = 100 })).Error;
            Assert.Equal((400, "decoding.budget.max_tokens"), (error.Status, error.Param));
        }
        else
        {
            Assert.Equal(each, Map(json, new() { MaxSearchTokens = 100 }).Options.GetDecoding()!.Budget!.MaxTokens);
        }

        Assert.Equal(budget.Contains("max_tokens", StringComparison.Ordinal), Map(json, new() { MaxSearchTokens = null }).Options.GetDecoding()!.Budget?.MaxTokens is not null);
        Assert.Null(Map($$"""{ {{Hello}},"decoding":{"sampling":"greedy"} }""", new() { MaxSearchTokens = 100 }).Options.GetDecoding()!.Budget);
        Assert.Equal(65_536, Map($$"""{ {{Hello}},"decoding":{"search":"beam"} }""").Options.GetDecoding()!.Budget!.MaxTokens);
    }

    [Theory]
    [InlineData("beam", "results", 8, 1, true)]
    [InlineData("beam", "results", 9, 1, false)]
    [InlineData("best-of", "results", 4, 2, true)]
    [InlineData("best-of", "results", 4, 3, false)]
    [InlineData("superposed-drafts", "drafts", 9, 1, false)]
    [InlineData("self-consistency", "results", 9, 1, false)]
    [InlineData("minimum-bayes-risk", "results", 9, 1, false)]
    public void Results_of_a_search_are_answers_too(string kind, string member, int results, int answers, bool allowed)
    {
        var json = $$"""{ {{Hello}},"n":{{answers}},"decoding":{"search":{"kind":"{{kind}}","{{member}}":{{results}} } } }""";
        if (allowed) Assert.Equal(answers, All(json).Count);
        else Assert.Equal("decoding.search", Assert.Throws<ApiException>(() => Map(json)).Error.Param);
    }

    private static PlannedCall Map(string json, DecantServerOptions? limits = null) => All(json, limits)[0];

    private static IReadOnlyList<PlannedCall> All(string json, DecantServerOptions? limits = null)
        => ChatRequestMapper.Map(JsonSerializer.Deserialize<ChatCompletionRequest>(json, OpenAiJson.Options)!, limits ?? new());

    private static LocalGenerationOptions Own(ChatOptions options) => (LocalGenerationOptions)options.RawRepresentationFactory!(null!)!;
}
