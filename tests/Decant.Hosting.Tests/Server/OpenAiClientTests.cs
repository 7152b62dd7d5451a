using System.ClientModel;
using System.Text.Json;
using Microsoft.Extensions.AI;
using Microsoft.Extensions.DependencyInjection;
using OpenAI;
using OpenAI.Chat;
using ChatMessage = OpenAI.Chat.ChatMessage;

namespace Decant.Tests.Hosting.Server;

/// <summary>OpenAI's own client for .NET, against the embedded model.</summary>
public sealed class OpenAiClientTests : IAsyncLifetime
{
    private const string Question = "Where does Savisha live?";

    private ServerHost _host = null!;

    private OpenAIClient Client => new(new ApiKeyCredential("any"), new OpenAIClientOptions { Endpoint = _host.OpenAi });

    private ChatClient Chat => Client.GetChatClient(ServerHost.Model);

    public async Task InitializeAsync() => _host = await ServerHost.StartAsync(ServerHost.Tiny, build: builder => FakeEmbeddings.AddTo(builder.Services));

    public async Task DisposeAsync() => await _host.DisposeAsync();

    [Fact]
    public async Task An_answer_is_the_models_own()
    {
        var expected = await ServerHost.Tiny.GetResponseAsync(Question, new ChatOptions { Temperature = 0 });
        var answer = (await Chat.CompleteChatAsync([ChatMessage.CreateUserMessage(Question)], new ChatCompletionOptions { Temperature = 0 })).Value;
        Assert.Equal(expected.Text, answer.Content[0].Text);
        Assert.Equal(OpenAI.Chat.ChatFinishReason.Stop, answer.FinishReason);
        Assert.Equal((expected.Usage!.InputTokenCount, expected.Usage.OutputTokenCount), (answer.Usage.InputTokenCount, answer.Usage.OutputTokenCount));
        Assert.Equal((ServerHost.Model, ChatMessageRole.Assistant), (answer.Model, answer.Role));
    }

    [Fact]
    public async Task A_stream_adds_up_to_the_answer()
    {
        var expected = await ServerHost.Tiny.GetResponseAsync(Question, new ChatOptions { Temperature = 0 });
        var (text, updates, usage, finish) = ("", 0, (ChatTokenUsage?)null, (OpenAI.Chat.ChatFinishReason?)null);
        await foreach (var update in Chat.CompleteChatStreamingAsync([ChatMessage.CreateSystemMessage(""), ChatMessage.CreateUserMessage(Question)], new ChatCompletionOptions { Temperature = 0 }))
        {
            updates++;
            text += string.Concat(update.ContentUpdate.Select(part => part.Text));
            (usage, finish) = (update.Usage ?? usage, update.FinishReason ?? finish);
        }

        Assert.Equal(expected.Text, text);
        Assert.True(updates > 3);
        Assert.Equal(OpenAI.Chat.ChatFinishReason.Stop, finish);
        Assert.Equal(expected.Usage!.OutputTokenCount, usage!.OutputTokenCount);
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task Tools_are_called(bool streams)
    {
        var tool = ChatTool.CreateFunctionTool("check_weather", "Checks the weather in a town.", BinaryData.FromString("""{"type":"object","properties":{"town":{"type":"string"}},"required":["town"]}"""));
        List<ChatMessage> messages = [ChatMessage.CreateUserMessage("Can you check the weather in Mizewick?")];
        var options = new ChatCompletionOptions { Temperature = 0, Tools = { tool }, ToolChoice = ChatToolChoice.CreateRequiredChoice(), AllowParallelToolCalls = false };
        var (id, name, arguments) = ("", "", "");
        if (streams)
        {
            await foreach (var call in Chat.CompleteChatStreamingAsync(messages, options).SelectMany(update => update.ToolCallUpdates.ToAsyncEnumerable()))
                (id, name, arguments) = (id + call.ToolCallId, name + call.FunctionName, arguments + call.FunctionArgumentsUpdate);
        }
        else
        {
            var completion = (await Chat.CompleteChatAsync(messages, options)).Value;
            Assert.Equal(OpenAI.Chat.ChatFinishReason.ToolCalls, completion.FinishReason);
            var call = Assert.Single(completion.ToolCalls);
            (id, name, arguments) = (call.Id, call.FunctionName, call.FunctionArguments.ToString());
        }

        Assert.Equal("check_weather", name);
        Assert.Equal("Mizewick", JsonElement.Parse(arguments).GetProperty("town").GetString());
        messages.Add(ChatMessage.CreateAssistantMessage([ChatToolCall.CreateFunctionToolCall(id, name, BinaryData.FromString(arguments))]));
        messages.Add(ChatMessage.CreateToolMessage(id, "sunny"));
        var answer = (await Chat.CompleteChatAsync(messages, new ChatCompletionOptions { Temperature = 0, Tools = { tool } })).Value;
        Assert.Contains("sunny", answer.Content[0].Text);
    }

    [Fact]
    public async Task Structured_answers_follow_their_schema()
    {
        var schema = BinaryData.FromString("""{"type":"object","properties":{"name":{"type":"string"},"product":{"type":"string"}},"required":["name","product"],"additionalProperties":false}""");
        var options = new ChatCompletionOptions { Temperature = 0, ResponseFormat = OpenAI.Chat.ChatResponseFormat.CreateJsonSchemaFormat("company", schema, jsonSchemaIsStrict: true) };
        var answer = (await Chat.CompleteChatAsync([ChatMessage.CreateUserMessage("Passage: The product of Patutex is silk.\n\nGive me JSON with the keys name and product.")], options)).Value;
        var company = JsonElement.Parse(answer.Content[0].Text);
        Assert.Equal(("Patutex", "silk"), (company.GetProperty("name").GetString(), company.GetProperty("product").GetString()));
    }

    [Fact]
    public async Task Log_probabilities_belong_to_the_answers_tokens()
    {
        var options = new ChatCompletionOptions { Temperature = 0, IncludeLogProbabilities = true, TopLogProbabilityCount = 3 };
        var answer = (await Chat.CompleteChatAsync([ChatMessage.CreateUserMessage(Question)], options)).Value;
        Assert.Equal(answer.Content[0].Text, string.Concat(answer.ContentTokenLogProbabilities.Select(token => token.Token)).TrimStart());
        Assert.All(answer.ContentTokenLogProbabilities, token => Assert.Equal((3, token.Token), (token.TopLogProbabilities.Count, token.TopLogProbabilities[0].Token)));
        Assert.All(answer.ContentTokenLogProbabilities, token => Assert.InRange(token.LogProbability, -9999, 0));
    }

    [Fact]
    public async Task Embeddings_come_in_order_as_numbers_and_as_base64()
    {
        var client = Client.GetEmbeddingClient(FakeEmbeddings.Model);
        var both = (await client.GenerateEmbeddingsAsync(["ab", "abc"])).Value;
        Assert.Equal([2f, 0.1f], both[0].ToFloats().ToArray());
        Assert.Equal([3f, 0.1f], both[1].ToFloats().ToArray());
        Assert.Equal(5, both.Usage.InputTokenCount);
        var cut = (await client.GenerateEmbeddingAsync("ab", new OpenAI.Embeddings.EmbeddingGenerationOptions { Dimensions = 1 })).Value;
        Assert.Equal([2f], cut.ToFloats().ToArray());
        var plain = await _host.AskAsync("embeddings", """{"input":"ab","encoding_format":"float"}""");
        Assert.Equal(0.1f, plain.GetProperty("data")[0].GetProperty("embedding")[1].GetSingle());
    }

    [Fact]
    public async Task Models_are_listed_and_found()
    {
        var models = Client.GetOpenAIModelClient();
        Assert.Equal([ServerHost.Model, FakeEmbeddings.Model], (await models.GetModelsAsync()).Value.Select(model => model.Id));
        Assert.Equal("decant", (await models.GetModelAsync(ServerHost.Model)).Value.OwnedBy);
        var error = await Assert.ThrowsAsync<ClientResultException>(() => models.GetModelAsync("none"));
        Assert.Equal(404, error.Status);
        Assert.Contains(ServerHost.Model, error.Message);
    }
}
