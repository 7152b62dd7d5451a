using System.Text.Json;
using Decant.Connectors.Chat;
using Microsoft.Extensions.AI;

namespace Decant.Tests.Connectors.Chat;

public class MessageMapperTests
{
    [Theory]
    [InlineData("Be brief.", "user: Hi", "system: Be brief.|user: Hi")]
    [InlineData("Be brief.", "system: Old.|user: Hi", "system: Be brief.\n\nOld.|user: Hi")]
    [InlineData("Be brief.", "system: |user: Hi", "system: Be brief.|user: Hi")]
    [InlineData("Be brief.", "user: Hi|system: Late.", "system: Be brief.|user: Hi|system: Late.")]
    [InlineData("", "system: Old.|user: Hi", "system: Old.|user: Hi")]
    [InlineData(null, "system: Old.|system: Older.|user: Hi", "system: Old.|system: Older.|user: Hi")]
    public void Instructions_precede_the_history_in_one_system_message(string? instructions, string history, string expected)
    {
        var messages = history.Split('|').Select(line => line.Split(": ")).Select(parts => new ChatMessage(new ChatRole(parts[0]), parts[1])).ToArray();
        Assert.Equal(expected, string.Join('|', Map(instructions, messages).Select(message => $"{message["role"]}: {message["content"]}")));
        Assert.Equal(history, string.Join('|', messages.Select(message => $"{message.Role}: {message.Text}")));
    }

    [Fact]
    public void Text_parts_are_joined_and_reasoning_is_kept_apart()
    {
        var message = Assert.Single(Map(null, new ChatMessage(ChatRole.Assistant, [new TextReasoningContent("hmm"), new TextContent("4"), new TextContent("2")])));
        Assert.Equal("42", message["content"]);
        Assert.Equal("hmm", message["reasoning_content"]);
    }

    [Fact]
    public void A_message_without_contents_is_still_a_turn()
    {
        var message = Assert.Single(Map(null, new ChatMessage(ChatRole.User, (IList<AIContent>)[])));
        Assert.Equal("", message["content"]);
    }

    [Fact]
    public void Tool_calls_and_results_have_the_templates_shape()
    {
        var call = new FunctionCallContent("c1", "weather", new Dictionary<string, object?>
        {
            ["city"] = "Paris",
            ["days"] = 3,
            ["where"] = JsonDocument.Parse("""{"lat":48.5,"tags":["a",null,true]}""").RootElement,
        });
        var mapped = Map(
            null,
            new ChatMessage(ChatRole.User, "Weather?"),
            new ChatMessage(ChatRole.Assistant, [call]),
            new ChatMessage(ChatRole.Tool, [new FunctionResultContent("c1", "sunny"), new FunctionResultContent("c2", new { Degrees = 7 })]));

        Assert.Equal(["user", "assistant", "tool", "tool"], mapped.Select(message => message["role"]));
        var mappedCall = Dictionary(Assert.Single(Assert.IsType<List<object?>>(mapped[1]["tool_calls"])));
        var function = Dictionary(mappedCall["function"]);
        var arguments = Dictionary(function["arguments"]);
        Assert.Equal(("c1", "function", "weather"), (mappedCall["id"], mappedCall["type"], function["name"]));
        Assert.Equal(("Paris", 3L), (arguments["city"], arguments["days"]));
        Assert.Equal(48.5, Dictionary(arguments["where"])["lat"]);
        Assert.Equal(["a", null, true], Assert.IsType<List<object?>>(Dictionary(arguments["where"])["tags"]));

        Assert.Equal(("sunny", "c1", "weather"), (mapped[2]["content"], mapped[2]["tool_call_id"], mapped[2]["name"]));
        Assert.Equal("""{"degrees":7}""", Compact((string)mapped[3]["content"]!));
        Assert.False(mapped[3].ContainsKey("name"));
    }

    [Theory]
    [InlineData("\"text\"", "text")]
    [InlineData("12", "12")]
    [InlineData("[1]", "[1]")]
    public void Json_results_are_written_as_text(string json, string expected)
    {
        var message = Assert.Single(Map(null, new ChatMessage(ChatRole.Tool, [new FunctionResultContent("c", JsonDocument.Parse(json).RootElement)])));
        Assert.Equal(expected, Compact((string)message["content"]!));
    }

    [Fact]
    public void Images_are_refused_by_name()
    {
        var data = new DataContent(new byte[] { 1 }, "image/png");
        var error = Assert.Throws<NotSupportedException>(() => Map(null, new ChatMessage(ChatRole.User, [data])));
        Assert.Contains("DataContent (image/png)", error.Message);
        var uri = new UriContent("https://example.com/a.jpg", "image/jpeg");
        error = Assert.Throws<NotSupportedException>(() => Map(null, new ChatMessage(ChatRole.User, [uri])));
        Assert.Contains("UriContent (image/jpeg)", error.Message);
    }

    private static List<Dictionary<string, object?>> Map(string? instructions, params ChatMessage[] messages)
        => [.. MessageMapper.Map(messages, instructions).Select(Dictionary)];

    private static Dictionary<string, object?> Dictionary(object? value) => Assert.IsType<Dictionary<string, object?>>(value);

    private static string Compact(string json) => json.ReplaceLineEndings("").Replace(" ", "");
}
