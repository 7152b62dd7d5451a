using Microsoft.Extensions.AI;
using Microsoft.Extensions.Logging;

namespace Decant.Tests.Conformance;

/// <summary>What every <see cref="IChatClient"/> must do whatever its model has learnt; test names follow Microsoft.Extensions.AI's own suite.</summary>
public abstract partial class ChatClientConformanceTests
{
    /// <summary>A client whose answers vary unless a seed or temperature 0 is asked for.</summary>
    protected abstract IChatClient CreateChatClient();

    [Fact]
    public async Task GetResponseAsync_SingleRequestMessage()
    {
        using var client = CreateChatClient();
        var response = await client.GetResponseAsync("Hello");
        var message = Assert.Single(response.Messages);
        Assert.Equal(ChatRole.Assistant, message.Role);
        Assert.NotEmpty(response.Text);
        Assert.NotNull(response.FinishReason);
        Assert.NotNull(response.CreatedAt);
        Assert.False(string.IsNullOrEmpty(response.ResponseId));
        Assert.False(string.IsNullOrEmpty(message.MessageId));
        Assert.Equal(client.GetService<ChatClientMetadata>()!.DefaultModelId, response.ModelId);
        Assert.Null(response.ConversationId);
    }

    [Fact]
    public async Task GetResponseAsync_MultipleRequestMessages()
    {
        using var client = CreateChatClient();
        var messages = new EnumeratedOnce<ChatMessage>([new(ChatRole.System, "Be brief."), new(ChatRole.User, "Hi"), new(ChatRole.Assistant, "Hello"), new(ChatRole.User, "Why?")]);
        Assert.NotEmpty((await client.GetResponseAsync(messages)).Text);
    }

    [Fact]
    public async Task GetResponseAsync_WithEmptyMessage()
    {
        using var client = CreateChatClient();
        var response = await client.GetResponseAsync([new(ChatRole.System, (IList<AIContent>)[]), new(ChatRole.User, (IList<AIContent>)[]), new(ChatRole.Assistant, []), new(ChatRole.User, "Hi")]);
        Assert.Single(response.Messages);
    }

    [Fact]
    public async Task GetStreamingResponseAsync()
    {
        using var client = CreateChatClient();
        var updates = await client.GetStreamingResponseAsync("Hello").ToListAsync();
        Assert.True(updates.Count > 1);
        Assert.NotEmpty(updates[0].Contents);
        Assert.Single(updates.Select(update => update.ResponseId).Distinct());
        Assert.Single(updates.Select(update => update.MessageId).Distinct());
        Assert.All(updates, update =>
        {
            Assert.False(string.IsNullOrEmpty(update.MessageId));
            Assert.False(string.IsNullOrEmpty(update.ResponseId));
            Assert.False(string.IsNullOrEmpty(update.ModelId));
            Assert.NotNull(update.CreatedAt);
            Assert.Equal(ChatRole.Assistant, update.Role);
        });
        Assert.NotNull(updates[^1].FinishReason);
        Assert.All(updates[..^1], update => Assert.Null(update.FinishReason));
    }

    [Fact]
    public async Task GetResponseAsync_And_Streaming_Agree()
    {
        using var client = CreateChatClient();
        var options = new ChatOptions { Seed = 3 };
        var whole = await client.GetResponseAsync("Hello", options);
        var streamed = await client.GetStreamingResponseAsync("Hello", options).ToChatResponseAsync();
        Assert.Equal(whole.Text, streamed.Text);
        Assert.Equal(whole.FinishReason, streamed.FinishReason);
        Assert.NotEqual(whole.ResponseId, streamed.ResponseId);
        Assert.NotEqual(whole.Messages[0].MessageId, streamed.Messages[0].MessageId);
    }

    [Fact]
    public async Task GetResponseAsync_UsageDataAvailable()
    {
        using var client = CreateChatClient();
        AssertUsage((await client.GetResponseAsync("Explain in 10 words how AI works")).Usage);
    }

    [Fact]
    public async Task GetStreamingResponseAsync_UsageDataAvailable()
    {
        using var client = CreateChatClient();
        var updates = await client.GetStreamingResponseAsync("Explain in 10 words how AI works").ToListAsync();
        AssertUsage(updates.SelectMany(update => update.Contents).OfType<UsageContent>().Single().Details);
    }

    [Fact]
    public async Task GetStreamingResponseAsync_AppendToHistory()
    {
        using var client = CreateChatClient();
        List<ChatMessage> history = [new(ChatRole.User, "Hello")];
        await history.AddMessagesAsync(client.GetStreamingResponseAsync(history));
        Assert.Equal(2, history.Count);
        Assert.Equal(ChatRole.Assistant, history[1].Role);
        Assert.NotEmpty(Assert.IsType<TextContent>(history[1].Contents.Single()).Text);
    }

    [Fact]
    public async Task Caching_SamePromptResultsInCacheHit_NonStreaming()
    {
        var cache = new DictionaryCache();
        using var client = CreateChatClient().AsBuilder().UseDistributedCache(cache).Build();
        var first = await client.GetResponseAsync("Make up a name");
        var second = await client.GetResponseAsync("Make up a name");
        Assert.Equal(1, cache.Count);
        Assert.Equal(first.Text, second.Text);
        Assert.Equal(first.Messages[0].MessageId, second.Messages[0].MessageId);
    }

    [Fact]
    public async Task Caching_SamePromptResultsInCacheHit_Streaming()
    {
        var cache = new DictionaryCache();
        using var client = CreateChatClient().AsBuilder().UseDistributedCache(cache).Build();
        var first = await client.GetStreamingResponseAsync("Make up a name").ToChatResponseAsync();
        var second = await client.GetStreamingResponseAsync("Make up a name").ToChatResponseAsync();
        Assert.Equal(first.Text, second.Text);
        Assert.Equal(first.Messages[0].MessageId, second.Messages[0].MessageId);
    }

    [Fact]
    public async Task Caching_DifferentOptionsResultInDifferentEntries()
    {
        var cache = new DictionaryCache();
        using var client = CreateChatClient().AsBuilder().UseDistributedCache(cache).Build();
        await client.GetResponseAsync("Hi", new ChatOptions { AdditionalProperties = new() { ["min_p"] = 0.1 } });
        await client.GetResponseAsync("Hi", new ChatOptions { AdditionalProperties = new() { ["min_p"] = 0.2 } });
        Assert.Equal(2, cache.Count);
    }

    [Fact]
    public async Task Caching_OutputVariesWithoutCaching()
    {
        using var client = CreateChatClient();
        var answers = new HashSet<string>();
        for (var i = 0; i < 10; i++) answers.Add((await client.GetResponseAsync("Make up a name")).Text);
        Assert.True(answers.Count > 1);
    }

    [Fact]
    public async Task Logging_LogsCalls_NonStreaming()
    {
        using var logger = new RecordingLogger();
        using var client = CreateChatClient().AsBuilder().UseLogging(logger).Build();
        await client.GetResponseAsync("Hello");
        Assert.Equal(2, logger.Records.Count);
        Assert.Contains("GetResponseAsync invoked", logger.Records[0].Message);
        Assert.Contains("GetResponseAsync completed", logger.Records[1].Message);
    }

    [Fact]
    public async Task Logging_LogsCalls_Streaming()
    {
        using var logger = new RecordingLogger();
        using var client = CreateChatClient().AsBuilder().UseLogging(logger).Build();
        var updates = await client.GetStreamingResponseAsync("Hello").ToListAsync();
        Assert.Contains("GetStreamingResponseAsync invoked", logger.Records[0].Message);
        Assert.Contains("GetStreamingResponseAsync completed", logger.Records[^1].Message);
        Assert.Equal(updates.Count, logger.Records.Count(record => record.Message.Contains("received update")));
    }

    [Fact]
    public async Task OpenTelemetry_CanEmitTracesAndMetrics()
    {
        using var activities = new RecordedActivities();

        using var client = CreateChatClient().AsBuilder().UseOpenTelemetry(sourceName: activities.Source).Build();
        var response = await client.GetResponseAsync("Hello");

        var activity = Assert.Single(activities.Ended);
        Assert.StartsWith("chat ", activity.DisplayName);
        Assert.Equal(response.ResponseId, activity.GetTagItem("gen_ai.response.id"));
        Assert.Equal(response.ModelId, activity.GetTagItem("gen_ai.response.model"));
        Assert.Equal((int)response.Usage!.InputTokenCount!, activity.GetTagItem("gen_ai.usage.input_tokens"));
        Assert.Equal((int)response.Usage.OutputTokenCount!, activity.GetTagItem("gen_ai.usage.output_tokens"));
    }

    [Fact]
    public async Task MultiModal_DescribeImage()
    {
        using var client = CreateChatClient();
        ChatMessage image = new(ChatRole.User, [new TextContent("What is this?"), new DataContent(new byte[] { 1, 2 }, "image/png")]);
        var error = await Assert.ThrowsAsync<NotSupportedException>(() => client.GetResponseAsync([image]));
        Assert.Contains("image/png", error.Message);
    }

    [Fact]
    public async Task MultiModal_DescribePdf()
    {
        using var client = CreateChatClient();
        ChatMessage pdf = new(ChatRole.User, [new DataContent(new byte[] { 1, 2 }, "application/pdf")]);
        var error = await Assert.ThrowsAsync<NotSupportedException>(() => client.GetResponseAsync([pdf]));
        Assert.Contains("application/pdf", error.Message);
    }

    [Fact]
    public async Task Arguments_AreChecked()
    {
        using var client = CreateChatClient();
        Assert.Throws<ArgumentNullException>("messages", () => client.GetStreamingResponseAsync((IEnumerable<ChatMessage>)null!));
        await Assert.ThrowsAsync<ArgumentNullException>("messages", () => client.GetResponseAsync((IEnumerable<ChatMessage>)null!));
        await Assert.ThrowsAsync<ArgumentException>("messages", () => client.GetResponseAsync([]));
        Assert.Throws<ArgumentOutOfRangeException>("Temperature", () => client.GetStreamingResponseAsync("Hi", new ChatOptions { Temperature = float.NaN }));
    }

    [Fact]
    public void GetService_FollowsTheContract()
    {
        using var client = CreateChatClient();
        Assert.NotNull(client.GetService<ChatClientMetadata>()?.ProviderName);
        Assert.Same(client, client.GetService(client.GetType()));
        Assert.Same(client, client.GetService<IChatClient>());
        Assert.Null(client.GetService<ChatClientMetadata>("key"));
        Assert.Null(client.GetService<string>());
        Assert.Throws<ArgumentNullException>(() => client.GetService(null!));
    }

    [Fact]
    public async Task Dispose_IsIdempotentAndFinal()
    {
        var client = CreateChatClient();
        await client.GetResponseAsync("Hi");
        client.Dispose();
        client.Dispose();
        await Assert.ThrowsAsync<ObjectDisposedException>(() => client.GetResponseAsync("Hi"));
    }

    private static void AssertUsage(UsageDetails? usage)
    {
        Assert.NotNull(usage);
        Assert.True(usage.InputTokenCount > 1);
        Assert.True(usage.OutputTokenCount >= 1);
        Assert.Equal(usage.InputTokenCount + usage.OutputTokenCount, usage.TotalTokenCount);
        Assert.InRange(usage.CachedInputTokenCount ?? 0, 0, usage.InputTokenCount.Value - 1);
        Assert.InRange(usage.ReasoningTokenCount ?? 0, 0, usage.OutputTokenCount.Value);
        Assert.True(usage.AdditionalCounts?["ForwardPassCount"] >= 1);
    }
}
