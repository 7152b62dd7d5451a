using System.ComponentModel;
using System.ComponentModel.DataAnnotations;
using Microsoft.Extensions.AI;

namespace Decant.Tests.Conformance;

/// <summary>Functions and structured output.</summary>
public abstract partial class ChatClientConformanceTests
{
    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task GetResponseAsync_FunctionInvocation_AvailableTools_SchemasAreAccepted(bool required)
    {
        using var client = CreateChatClient();
        var options = new ChatOptions { MaxOutputTokens = 100, ToolMode = required ? ChatToolMode.RequireAny : ChatToolMode.Auto, Tools = [.. AllKindsOfTools()] };
        var response = await client.GetResponseAsync("What is the weather?", options);
        Assert.DoesNotContain("\"arguments\"", response.Text);
        if (required) Assert.Equal("", response.Text);
        foreach (var call in response.Messages[0].Contents.OfType<FunctionCallContent>()) Assert.Contains(call.Name, options.Tools.Select(tool => tool.Name));
        Assert.Equal(response.Messages[0].Contents.OfType<FunctionCallContent>().Any() && response.FinishReason != ChatFinishReason.Length, response.FinishReason == ChatFinishReason.ToolCalls);
    }

    [Fact]
    public async Task GetResponseAsync_FunctionInvocation_RequireAny()
    {
        var called = new List<int>();
        var roll = AIFunctionFactory.Create(([Range(1, 99)] int sides) => called.Add(sides), "roll");
        using var client = CreateChatClient().AsBuilder().UseFunctionInvocation().Build();
        var response = await client.GetResponseAsync("Roll.", new ChatOptions { Tools = [roll], ToolMode = ChatToolMode.RequireAny, AllowMultipleToolCalls = false });
        Assert.InRange(Assert.Single(called), 1, 99);
        Assert.Equal([ChatRole.Assistant, ChatRole.Tool, ChatRole.Assistant], response.Messages.Select(message => message.Role));
        Assert.NotEmpty(response.Text);
    }

    [Fact]
    public async Task GetResponseAsync_FunctionInvocation_RequireSpecific()
    {
        var (rolled, flipped) = (false, false);
        AITool[] tools = [AIFunctionFactory.Create(() => rolled = true, "roll"), AIFunctionFactory.Create((bool heads) => flipped = true, "flip")];
        using var client = CreateChatClient().AsBuilder().UseFunctionInvocation().Build();
        await client.GetResponseAsync("Roll.", new ChatOptions { Tools = tools, ToolMode = ChatToolMode.RequireSpecific("flip") });
        Assert.Equal((false, true), (rolled, flipped));
    }

    [Fact]
    public async Task GetResponseAsync_FunctionInvocation_OneCallWhereSeveralAreForbidden()
    {
        using var client = CreateChatClient();
        for (var seed = 0; seed < 5; seed++)
        {
            var options = new ChatOptions { Tools = [AIFunctionFactory.Create((bool heads) => 1, "flip")], ToolMode = ChatToolMode.RequireAny, AllowMultipleToolCalls = false, Seed = seed };
            Assert.Single((await client.GetResponseAsync("Flip.", options)).Messages[0].Contents.OfType<FunctionCallContent>());
        }
    }

    [Fact]
    public async Task GetStreamingResponseAsync_FunctionInvocation_CallsAreWhole()
    {
        using var client = CreateChatClient();
        AITool[] tools = [AIFunctionFactory.Create(([Range(1, 99)] int sides) => sides, "roll")];
        var updates = await client.GetStreamingResponseAsync("Roll.", new ChatOptions { Tools = tools, ToolMode = ChatToolMode.RequireAny, AllowMultipleToolCalls = false }).ToListAsync();
        var call = Assert.Single(updates.SelectMany(update => update.Contents).OfType<FunctionCallContent>());
        Assert.Equal(["sides"], call.Arguments!.Keys);
        Assert.All(updates, update => Assert.Equal("", update.Text));
        Assert.Equal(ChatFinishReason.ToolCalls, updates[^1].FinishReason);
    }

    private enum Coin
    {
        Heads,
        Tails,
    }

    private sealed record Throw(Coin Coin, [property: Range(1, 99)] int Count, bool Again, Throw[]? Earlier = null);

    [Fact]
    public async Task GetResponseAsync_StructuredOutput()
    {
        using var client = CreateChatClient();
        for (var seed = 0; seed < 5; seed++)
        {
            var options = new ChatOptions { Seed = seed };
            var thrown = (await client.GetResponseAsync<Throw>("Throw a coin.", options)).Result;
            Assert.True(Enum.IsDefined(thrown.Coin));
            Assert.InRange(thrown.Count, 1, 99);
            _ = (await client.GetResponseAsync<bool[]>("Throw coins.", options)).Result;
            _ = (await client.GetResponseAsync<double>("A number.", options)).Result;
            Assert.True(Enum.IsDefined((await client.GetResponseAsync<Coin>("A coin.", options)).Result));
            _ = (await client.GetResponseAsync<bool>("Yes?", options)).Result;
        }
    }

    [Fact]
    public async Task GetResponseAsync_StructuredOutput_NonNative()
    {
        using var client = CreateChatClient();
        var response = await client.GetResponseAsync("Throw a coin.", new ChatOptions { ResponseFormat = ChatResponseFormat.Json, MaxOutputTokens = 40, Seed = 1 });
        Assert.StartsWith("{", response.Text.TrimStart());
    }

    [Fact]
    public async Task GetResponseAsync_StructuredOutput_WithFunctions()
    {
        var calls = 0;
        var roll = AIFunctionFactory.Create(() => ++calls, "roll");
        using var client = CreateChatClient().AsBuilder().UseFunctionInvocation().Build();
        for (var seed = 0; seed < 4; seed++)
        {
            var response = await client.GetResponseAsync<Coin>("Throw a coin.", new ChatOptions { Seed = seed, Tools = [roll], ToolMode = seed < 2 ? ChatToolMode.RequireAny : null });
            Assert.True(Enum.IsDefined(response.Result));
        }

        Assert.InRange(calls, 2, 400);
    }

    // Schemas of many kinds: nullable, formats, enumerations, defaults, arrays, maps, nothing at all.
    private static IEnumerable<AITool> AllKindsOfTools() =>
    [
        AIFunctionFactory.Create(() => "", "nothing"),
        AIFunctionFactory.Create(([Description("A place")] string place, int? days) => $"{place} {days}", "weather"),
        AIFunctionFactory.Create((TimeSpan span, Guid id, Uri link, DateTimeOffset time) => "", "formats"),
        AIFunctionFactory.Create((Coin coin, Coin? other, DayOfWeek day = DayOfWeek.Monday) => "", "enums"),
        AIFunctionFactory.Create((int[] numbers, List<string>? texts, Dictionary<string, bool> flags) => "", "lists"),
        AIFunctionFactory.Create((byte small, long large, decimal money, double real, float? other, char letter) => "", "numbers"),
        AIFunctionFactory.Create((Throw thrown) => "", "recursive"),
        AIFunctionFactory.Create((object? anything, System.Text.Json.JsonElement json) => "", "anything"),
    ];
}
