using System.Text.Json;
using Decant.Connectors.Chat;
using Decant.Hosting.Server;
using Microsoft.Extensions.AI;

namespace Decant.Tests.Hosting.Server;

/// <summary>What becomes of everything a response holds, whole and as a stream.</summary>
public class ChatResponseTests
{
    [Fact]
    public void Text_reasoning_calls_and_usage_have_OpenAIs_members()
    {
        List<ChatResponseUpdate> updates =
        [
            new(ChatRole.Assistant, [new TextReasoningContent("Hm.")]) { MessageId = "a" },
            new(ChatRole.Assistant, [new TextContent("So ")]) { MessageId = "a" },
            new(ChatRole.Assistant, [new TextContent("it is.")]) { MessageId = "a" },
            new(ChatRole.Assistant, [new FunctionCallContent("1", "look", new Dictionary<string, object?> { ["at"] = "ü" })]) { MessageId = "a" },
            new(ChatRole.Assistant, [new FunctionCallContent("2", "go", null)]) { MessageId = "a" },
            new(ChatRole.Assistant, [new UsageContent(Usage(7, 3, 5, 2, drafted: 4, accepted: 3))]) { MessageId = "a", FinishReason = ChatFinishReason.ToolCalls },
        ];
        var whole = Whole([updates]);
        var message = whole.GetProperty("choices")[0].GetProperty("message");
        Assert.Equal(("Hm.", "So it is.", "assistant"), (message.GetProperty("reasoning_content").GetString(), message.GetProperty("content").GetString(), message.GetProperty("role").GetString()));
        Assert.Equal("""[{"id":"1","type":"function","function":{"name":"look","arguments":"{\"at\":\"ü\"}"}},{"id":"2","type":"function","function":{"name":"go","arguments":"{}"}}]""", message.GetProperty("tool_calls").GetRawText());
        Assert.Equal("tool_calls", whole.GetProperty("choices")[0].GetProperty("finish_reason").GetString());
        const string Used = """{"prompt_tokens":7,"completion_tokens":5,"total_tokens":12,"prompt_tokens_details":{"cached_tokens":3},"completion_tokens_details":{"reasoning_tokens":2,"accepted_prediction_tokens":3,"rejected_prediction_tokens":1}}""";
        Assert.Equal(Used, whole.GetProperty("usage").GetRawText());

        var chunks = Stream(1, updates.Select(update => (0, update)));
        Assert.Equal("""{"role":"assistant","reasoning_content":"Hm."}""", Delta(chunks[0]).GetRawText());
        Assert.Equal("""{"content":"So "}""", Delta(chunks[1]).GetRawText());
        Assert.Equal([0, 1], chunks[3..5].Select(chunk => Delta(chunk).GetProperty("tool_calls")[0].GetProperty("index").GetInt32()));
        Assert.Equal("{}", Delta(chunks[5]).GetRawText());
        Assert.Equal("tool_calls", chunks[5].GetProperty("choices")[0].GetProperty("finish_reason").GetString());
        Assert.Equal(Used, chunks[6].GetProperty("usage").GetRawText());
    }

    [Fact]
    public void An_answer_of_calls_alone_has_the_content_null_and_an_empty_one_an_empty_text()
    {
        var call = Whole([[new(ChatRole.Assistant, [new FunctionCallContent("1", "look", null)]) { FinishReason = ChatFinishReason.ToolCalls }]]);
        Assert.Equal(JsonValueKind.Null, call.GetProperty("choices")[0].GetProperty("message").GetProperty("content").ValueKind);
        Assert.Equal("", Whole([[new(ChatRole.Assistant, []) { FinishReason = ChatFinishReason.Stop }]]).GetProperty("choices")[0].GetProperty("message").GetProperty("content").GetString());
    }

    [Fact]
    public void Results_of_a_search_and_answers_of_several_calls_are_choices()
    {
        List<ChatResponseUpdate>[] calls =
        [
            [Said("a", "one"), Scored("a", 2), Said("b", "two"), Scored("b", 1, ChatFinishReason.Length)],
            [Said("c", "three", ChatFinishReason.Stop)],
        ];
        var whole = Whole(calls);
        Assert.Equal([(0, "one", "length"), (1, "three", "stop"), (2, "two", "stop")], whole.GetProperty("choices").EnumerateArray().Select(Choice));
        Assert.Equal("[2,1]", whole.GetProperty("choices")[0].GetProperty("decant").GetProperty("scores").GetRawText());

        var chunks = Stream(2, [(1, calls[1][0]), .. calls[0].Select(update => (0, update))]);
        Assert.Equal(["one", "three", "two"], Enumerable.Range(0, 3).Select(index => Events.Text(chunks, index)));
        var last = chunks.FindLast(chunk => chunk.TryGetProperty("decant", out _));
        Assert.Equal("[2,1]", last.GetProperty("decant").GetProperty("scores").GetRawText());
        Assert.Equal([(0, "length"), (1, "stop"), (2, "stop")], chunks.SelectMany(chunk => chunk.GetProperty("choices").EnumerateArray())
            .Where(choice => choice.GetProperty("finish_reason").ValueKind != JsonValueKind.Null).Select(choice => (choice.GetProperty("index").GetInt32(), choice.GetProperty("finish_reason").GetString()!)).Order());

        static (int, string?, string?) Choice(JsonElement choice)
            => (choice.GetProperty("index").GetInt32(), choice.GetProperty("message").GetProperty("content").GetString(), choice.GetProperty("finish_reason").GetString());
    }

    [Fact]
    public void What_a_search_has_found_so_far_is_an_event_without_choices()
    {
        var chunk = Stream(1, [(0, new ChatResponseUpdate(ChatRole.Assistant, []) { RawRepresentation = new BestSoFar("so far", 0.5, 3, 9) })])[0];
        Assert.Empty(chunk.GetProperty("choices").EnumerateArray());
        Assert.Equal("""{"text":"so far","score":0.5,"texts":3,"forwards":9}""", chunk.GetProperty("decant").GetProperty("best_so_far").GetRawText());
    }

    [Fact]
    public void Impossible_tokens_have_OpenAIs_number_and_warnings_are_told()
    {
        var update = Said("a", "x", ChatFinishReason.Stop);
        update.AdditionalProperties = new()
        {
            [DecodingResponseExtensions.LogprobsKey] = new List<TokenLogprob> { new("x", float.NegativeInfinity, [120], [], 5) }, [DecodingResponseExtensions.WarningsKey] = new List<string> { "Beware." },
        };
        var whole = Whole([[update]]);
        Assert.Equal(-9999, whole.GetProperty("choices")[0].GetProperty("logprobs").GetProperty("content")[0].GetProperty("logprob").GetDouble());
        Assert.Equal("""["Beware."]""", whole.GetProperty("decant").GetProperty("warnings").GetRawText());
    }

    private static ChatResponseUpdate Said(string message, string text, ChatFinishReason? finish = null) => ScriptedClient.Update(text, message, finish);

    private static ChatResponseUpdate Scored(string message, double score, ChatFinishReason? finish = null)
        => new(ChatRole.Assistant, []) { MessageId = message, FinishReason = finish, AdditionalProperties = new() { [DecodingResponseExtensions.ScoreKey] = score } };

    private static UsageDetails Usage(int prompt, int cached, int output, int reasoning, int drafted, int accepted) => new()
    {
        InputTokenCount = prompt, CachedInputTokenCount = cached, OutputTokenCount = output, ReasoningTokenCount = reasoning,
        AdditionalCounts = new() { ["DraftedTokens"] = drafted, ["AcceptedDraftTokens"] = accepted },
    };

    private static JsonElement Delta(JsonElement chunk) => chunk.GetProperty("choices")[0].GetProperty("delta");

    private static JsonElement Whole(IEnumerable<List<ChatResponseUpdate>> calls)
        => JsonSerializer.SerializeToElement(ChatResponseMapper.Map("id", 1, "m", [.. calls.Select(updates => updates.ToChatResponse())]), OpenAiJson.Options);

    private static List<JsonElement> Stream(int calls, IEnumerable<(int Call, ChatResponseUpdate Update)> updates)
    {
        var mapper = new ChatStreamMapper("id", 1, "m", calls, includeUsage: true);
        var chunks = updates.SelectMany(item => mapper.Map(item.Call, item.Update)).ToList();
        return [.. chunks.Concat(mapper.End()).Select(chunk => JsonSerializer.SerializeToElement(chunk, OpenAiJson.Options))];
    }
}
