using System.Text.Json;
using Decant.Connectors.Chat;
using Microsoft.Extensions.AI;

namespace Decant.Tests.Connectors.Chat.Tools;

public class ToolMapperTests
{
    private static readonly AIFunction _one = AIFunctionFactory.Create((int count) => count, "one", "Counts.");
    private static readonly AIFunction _two = AIFunctionFactory.Create(() => 2, "two");

    public static TheoryData<ChatToolMode?, string[], bool> Modes => new()
    {
        { null, ["one", "two"], false },
        { ChatToolMode.Auto, ["one", "two"], false },
        { ChatToolMode.None, [], false },
        { ChatToolMode.RequireAny, ["one", "two"], true },
        { ChatToolMode.RequireSpecific("two"), ["two"], true },
    };

    [Theory]
    [MemberData(nameof(Modes))]
    public void The_mode_says_what_can_be_called_and_all_are_mentioned(ChatToolMode? mode, string[] callable, bool isRequired)
    {
        var request = ToolMapper.Map(new ChatOptions { Tools = [_one, _two], ToolMode = mode })!;
        Assert.Equal(2, request.Definitions.Count);
        Assert.Equal(callable, request.Callable.Keys);
        Assert.Equal(isRequired, request.IsRequired);
    }

    [Fact]
    public void Definitions_are_what_templates_read()
    {
        var definition = ToolMapper.Map(new ChatOptions { Tools = [_one] })!.Definitions.Single();
        Assert.Equal("""{"type":"function","function":{"name":"one","description":"Counts.","parameters":{"type":"object","properties":{"count":{"type":"integer"}},"required":["count"]}}}""",
            JsonSerializer.Serialize(definition));
    }

    [Fact]
    public void Members_that_a_schema_does_not_name_are_not_written_unless_it_says_so()
    {
        static string Closed(string schema) => ToolMapper.Closed(JsonDocument.Parse(schema).RootElement, "the test");
        Assert.Contains("\"additionalProperties\":false", Closed("""{"type":"object","properties":{}}""").Replace(" ", ""));
        Assert.DoesNotContain("false", Closed("""{"type":"object","properties":{},"additionalProperties":true}"""));
        Assert.DoesNotContain("false", Closed("""{"type":"object"}"""));
    }

    [Fact]
    public void Declarations_count_and_other_kinds_of_tools_do_not()
    {
        Assert.Null(ToolMapper.Map(new ChatOptions { Tools = [new HostedWebSearchTool()] }));
        Assert.Null(ToolMapper.Map(new ChatOptions { Tools = [] }));
        Assert.Null(ToolMapper.Map(new ChatOptions()));
        Assert.Equal(["one"], ToolMapper.Map(new ChatOptions { Tools = [new HostedWebSearchTool(), _one.AsDeclarationOnly()] })!.Callable.Keys);
    }

    [Theory]
    [InlineData("true")]
    [InlineData("{}")]
    [InlineData("""{"type":["null","object"]}""")]
    [InlineData("""{"type":"object"}""")]
    public void Arguments_are_an_object_whatever_else_the_schema_allows(string schema)
        => Assert.Equal("""{"type":"object"}""", ToolMapper.Map(new ChatOptions { Tools = [Declared(schema)] })!.Callable["odd"]);

    public static TheoryData<ChatOptions, string[]> Wrong => new()
    {
        { new() { Tools = [_one, _two], ToolMode = ChatToolMode.RequireSpecific("three") }, ["ChatOptions.ToolMode", "three", "one, two"] },
        { new() { ToolMode = ChatToolMode.RequireAny }, ["ChatOptions.ToolMode", "ChatOptions.Tools"] },
        { new() { Tools = [new HostedWebSearchTool()], ToolMode = ChatToolMode.RequireAny }, ["ChatOptions.ToolMode", "ChatOptions.Tools"] },
        { new() { Tools = [_one, _one] }, ["ChatOptions.Tools", "one"] },
        { new() { Tools = [_one, Declared("3")] }, ["ChatOptions.Tools", "odd"] },
        { new() { Tools = [_one, Declared("{\"type\":\"integer\",\"type\":\"object\"}")] }, ["ChatOptions.Tools", "odd", "twice"] },
        { new() { Tools = [_one, Declared("{\"type\":\"string\"}")] }, ["ChatOptions.Tools", "odd", "object"] },
        { new() { Tools = [_one, Declared("{\"type\":[\"array\",\"null\"]}")] }, ["ChatOptions.Tools", "odd", "object"] },
    };

    [Theory]
    [MemberData(nameof(Wrong))]
    public void What_cannot_be_is_refused_and_named(ChatOptions options, string[] parts)
    {
        var error = Assert.Throws<ArgumentException>(() => ToolMapper.Map(options));
        foreach (var part in parts) Assert.Contains(part, error.Message);
    }

    private static AIFunctionDeclaration Declared(string schema) => AIFunctionFactory.CreateDeclaration("odd", "Is odd.", JsonDocument.Parse(schema).RootElement);
}
