using Decant.Connectors.Chat;
using Decant.Connectors.Cpu;
using Microsoft.Extensions.AI;

namespace Decant.Tests.Connectors.Chat;

/// <summary>The client over a real trained checkpoint: parallel callers, bad input.</summary>
public class StoriesChatTests
{
    private static string Folder => TestData.Path("weights/stories260K-hf");

    [SkippableTheory]
    [InlineData(WeightFormat.Float32)]
    [InlineData(WeightFormat.Int8)]
    public async Task Eight_parallel_callers_get_the_single_callers_texts(WeightFormat weights)
    {
        using var client = LocalChatClient.Load(Folder, new LocalChatClientOptions { Cpu = new CpuModelOptions { Weights = weights } });
        Task<ChatResponse> Ask(int i) => client.GetResponseAsync($"Once there was {i}", new ChatOptions { MaxOutputTokens = 40, Temperature = i % 2, Seed = i });
        var single = new List<string>();
        for (var i = 0; i < 8; i++) single.Add((await Ask(i)).Text);
        var parallel = await Task.WhenAll(Enumerable.Range(0, 8).Select(i => Task.Run(() => Ask(i))));
        Assert.Equal(single, parallel.Select(response => response.Text));
        Assert.True(single.Distinct().Count() > 4);
    }

    [SkippableFact]
    public async Task A_ten_megabyte_prompt_is_refused_and_others_are_unaffected()
    {
        using var client = LocalChatClient.Load(Folder);
        var other = client.GetResponseAsync("Once", new ChatOptions { MaxOutputTokens = 100, Temperature = 0 });
        var huge = string.Concat(Enumerable.Repeat("Once upon a time. ", 600_000));
        var exception = await Assert.ThrowsAsync<ContextOverflowException>(() => client.GetResponseAsync(huge));
        Assert.Equal(512, exception.ContextLength);
        Assert.True(exception.Required > 1_000_000);
        Assert.NotEmpty((await other).Text);
    }

    [SkippableFact]
    public async Task Bad_calls_name_what_is_wrong()
    {
        using var client = LocalChatClient.Load(Folder);
        await Assert.ThrowsAsync<ArgumentException>(() => client.GetResponseAsync([]));
        Assert.Equal("Temperature", (await Assert.ThrowsAsync<ArgumentOutOfRangeException>(() => client.GetResponseAsync("x", new ChatOptions { Temperature = float.NaN }))).ParamName);
        var image = new ChatMessage(ChatRole.User, [new DataContent(new byte[] { 1 }, "image/png")]);
        Assert.Contains("image/png", (await Assert.ThrowsAsync<NotSupportedException>(() => client.GetResponseAsync([image]))).Message);
        Assert.NotEmpty((await client.GetResponseAsync("Once", new ChatOptions { MaxOutputTokens = 5 })).Text);
    }
}
