using System.Text.Json;
using Decant.Connectors.Chat;
using Decant.Connectors.Prompting;
using Microsoft.Extensions.AI;

namespace Decant.Tests.Connectors.Chat.Tools;

public class AnswerConstraintTests
{
    private const string Integer = """{"type":"integer"}""";
    private static readonly AIFunction _one = AIFunctionFactory.Create(() => 1, "one");
    private static readonly AIFunction _two = AIFunctionFactory.Create(() => 2, "two");
    private static readonly ChatResponseFormat _format = ChatResponseFormat.ForJsonSchema(JsonDocument.Parse(Integer).RootElement);
    private static readonly JsonSchemaOptions _integer = new() { Schema = Integer, Whitespace = JsonWhitespace.Spaced, Lenient = true };
    private static readonly ToolCallFormat _llama = LlamaToolCalls.Read("<|start_header_id|>\"parameters\": ")!;

    [Fact]
    public void Without_format_and_tools_anything_goes()
    {
        Assert.Null(Of(new ChatOptions()));
        Assert.Null(Of(new ChatOptions { ResponseFormat = ChatResponseFormat.Text, Tools = [] }));
    }

    [Fact]
    public void A_format_is_a_schema_or_any_object()
    {
        Assert.Equal(_integer, Of(new ChatOptions { ResponseFormat = _format }));
        Assert.Equal(new JsonOptions { ObjectOnly = true, Whitespace = JsonWhitespace.Spaced }, Of(new ChatOptions { ResponseFormat = ChatResponseFormat.Json }));
    }

    [Fact]
    public void Tools_that_may_not_be_called_forbid_the_trigger()
    {
        Assert.Equal(new StructuralTagOptions { Tags = [new StructuralTag("<tool_call>")], MaxTags = 0 }, Of(new ChatOptions { Tools = [_one], ToolMode = ChatToolMode.None }));
        Assert.Equal(_integer, Of(new ChatOptions { Tools = [_one], ToolMode = ChatToolMode.None, ResponseFormat = _format }));
    }

    [Fact]
    public void The_mode_says_what_may_stand_around_calls()
    {
        var auto = Tags(new ChatOptions { Tools = [_one, _two] });
        Assert.Equal((null, false, true), (auto.Separator, auto.AtLeastOne, auto.StopAfterFirst));
        Assert.Equal(["<tool_call>"], auto.Triggers!);
        var required = Tags(new ChatOptions { Tools = [_one, _two], ToolMode = ChatToolMode.RequireAny });
        Assert.Equal(("", true, true), (required.Separator, required.AtLeastOne, required.StopAfterFirst));
        var json = Tags(new ChatOptions { Tools = [_one, _two], ResponseFormat = _format });
        Assert.Equal(required with { Tags = [.. required.Tags, new StructuralTag(Content: _integer)] }, json);
        Assert.Equal(required, Tags(new ChatOptions { Tools = [_one, _two], ToolMode = ChatToolMode.RequireAny, ResponseFormat = _format }));
    }

    [Theory]
    [InlineData(null, false, null)]
    [InlineData(true, false, null)]
    [InlineData(false, false, 1)]
    [InlineData(null, true, 1)]
    public void As_many_calls_may_come_as_the_call_and_the_template_allow(bool? allowed, bool llama, int? most)
    {
        var run = Tags(new ChatOptions { Tools = [_one, _two], AllowMultipleToolCalls = allowed }, llama ? _llama : GenericToolCalls.Format);
        var calls = Assert.IsType<StructuralTagOptions>(run.Tags.Single().Content);
        Assert.Equal(most, calls.MaxTags);
        Assert.Equal(["one", "two"], calls.Tags.Select(tag => JsonDocument.Parse(tag.Begin + "{}" + tag.End).RootElement.GetProperty("name").GetString()));
        Assert.All(calls.Tags, tag => Assert.Contains("\"additionalProperties\"", Assert.IsType<JsonSchemaOptions>(tag.Content).Schema));
    }

    private static StructuralTagOptions Tags(ChatOptions options, ToolCallFormat? format = null) => Assert.IsType<StructuralTagOptions>(Of(options, format));

    private static ConstraintOptions? Of(ChatOptions options, ToolCallFormat? format = null) => AnswerConstraint.Of(options, ToolMapper.Map(options), format ?? GenericToolCalls.Format);
}
