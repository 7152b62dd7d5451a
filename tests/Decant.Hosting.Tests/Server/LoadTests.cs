using System.Net;
using System.Text.Json;
using Decant.Connectors.Chat;
using Decant.Connectors.Cpu;
using Decant.Connectors.Cpu.Memory;
using Decant.Hosting;
using Microsoft.Extensions.AI;

namespace Decant.Tests.Hosting.Server;

/// <summary>Many callers at a time, some of them rude.</summary>
public class LoadTests
{
    private const int Requests = 200;
    private const int AtATime = 32;
    private const string Key = "secret";

    private static readonly string[] _questions = ["Where does Savisha live?", "What is 58 + 67?", "What is 27 + 45?", "Tell me a story about Savisha.", "Hello!", "Tell me the product of Dalutex."];

    [Fact]
    public async Task Streams_are_neither_lost_nor_crossed_refusals_are_right_and_memory_comes_back()
    {
        using var client = LocalChatClient.Load(options: new LocalChatClientOptions { Cpu = new CpuModelOptions { Weights = WeightFormat.Float32 } });
        await using var host = await ServerHost.StartAsync(client, options =>
        {
            options.ApiKeys.Add(Key);
            options.MaxRequestBodyBytes = 4096;
        });
        var alone = new Dictionary<string, string>();
        foreach (var question in _questions) alone[question] = (await client.GetResponseAsync(question, new ChatOptions { Temperature = 0 })).Text;
        var plain = await PlainAsync(host, "Savisha lives in");

        await RunAsync(Requests / 4);
        var before = GC.GetTotalMemory(forceFullCollection: true);
        await RunAsync(Requests);

        // What the prefix cache keeps is its own, and lies in whole pages; everything else must be back.
        var roundedUp = KvLayout.PageTokens * new LocalChatClientOptions().PrefixCacheSequences;
        await Eventually.HoldsAsync(() => client.GetLoad() is { RunningCalls: 0, QueuedCalls: 0 } load && load.KvTokensInUse <= load.PrefixCacheTokens + roundedUp);
        var growth = GC.GetTotalMemory(forceFullCollection: true) - before;
        Assert.True(growth < 8 << 20, $"The managed heap grew by {growth >> 10} KiB.");

        Task RunAsync(int count) => Parallel.ForEachAsync(Enumerable.Range(0, count), new ParallelOptions { MaxDegreeOfParallelism = AtATime }, async (index, _) => await OneAsync(index));

        async Task OneAsync(int index)
        {
            var question = _questions[index % _questions.Length];
            switch (index % 11)
            {
                case 0 or 1:
                    Assert.Equal(alone[question], Content((await AskAsync(host, Chat(question)))));
                    break;
                case 2 or 3:
                    Assert.Equal(alone[question], Events.Text(await ReadAsync(host, Chat(question, ",\"stream\":true"))));
                    break;
                case 4:
                    var both = await AskAsync(host, Chat(question, ",\"n\":2"));
                    Assert.All(both.GetProperty("choices").EnumerateArray(), choice => Assert.Equal(alone[question], choice.GetProperty("message").GetProperty("content").GetString()));
                    break;
                case 5:
                    await DisconnectAsync(host, Chat("Tell me a story about Savisha.", ",\"stream\":true"), lines: index % 7);
                    break;
                case 6:
                    await CancelAsync(host, Chat("Tell me a story about Savisha."), TimeSpan.FromMilliseconds(index % 40));
                    break;
                case 7:
                    Assert.Equal(alone[question], Events.Text(await ReadAsync(host, Chat(question, ",\"stream\":true"), TimeSpan.FromMilliseconds(3))));
                    break;
                case 8:
                    await RefusedAsync(host, Chat(new string('a', 5000)), Key, 413);
                    await RefusedAsync(host, Chat(question)[..^1], Key, 400);
                    break;
                case 9:
                    await RefusedAsync(host, Chat(question), index % 2 == 0 ? null : "wrong", 401);
                    await RefusedAsync(host, Chat(question, ",\"model\":\"none\""), Key, 404);
                    break;
                default:
                    Assert.Equal(plain, await PlainAsync(host, "Savisha lives in"));
                    break;
            }
        }
    }

    private static string Chat(string question, string more = "") => $$"""{"messages":[{"role":"user","content":"{{question}}"}],"temperature":0{{more}}}""";

    private static string Content(JsonElement completion) => completion.GetProperty("choices")[0].GetProperty("message").GetProperty("content").GetString()!;

    private static async Task<JsonElement> AskAsync(ServerHost host, string body, string path = "chat/completions")
    {
        using var response = await host.PostAsync(path, body, Key);
        var text = await response.Content.ReadAsStringAsync();
        Assert.True(response.IsSuccessStatusCode, text);
        return JsonElement.Parse(text);
    }

    private static async Task<string> PlainAsync(ServerHost host, string prompt)
        => (await AskAsync(host, $$"""{"prompt":"{{prompt}}","temperature":0,"max_tokens":12}""", "completions")).GetProperty("choices")[0].GetProperty("text").GetString()!;

    private static async Task<List<JsonElement>> ReadAsync(ServerHost host, string body, TimeSpan pause = default)
    {
        using var response = await host.PostAsync("chat/completions", body, Key, HttpCompletionOption.ResponseHeadersRead);
        if (pause > TimeSpan.Zero) await Task.Delay(pause);
        return await Events.ReadAsync(response);
    }

    private static async Task DisconnectAsync(ServerHost host, string body, int lines)
    {
        using var response = await host.PostAsync("chat/completions", body, Key, HttpCompletionOption.ResponseHeadersRead);
        using var reader = new StreamReader(await response.Content.ReadAsStreamAsync());
        for (var i = 0; i < lines; i++) Assert.NotNull(await reader.ReadLineAsync());
    }

    private static async Task CancelAsync(ServerHost host, string body, TimeSpan after)
    {
        using var cancellation = new CancellationTokenSource(after);
        try
        {
            using var response = await host.PostAsync("chat/completions", body, Key, cancellationToken: cancellation.Token);
            Assert.Equal(HttpStatusCode.OK, response.StatusCode);
        }
        catch (OperationCanceledException) when (cancellation.IsCancellationRequested)
        {
            // As it should be, unless the answer was sooner.
        }
    }

    private static async Task RefusedAsync(ServerHost host, string body, string? key, int status)
    {
        using var response = await host.PostAsync("chat/completions", body, key);
        Assert.Equal(status, (int)response.StatusCode);
        Assert.NotEqual("", (await ServerHost.ErrorAsync(response)).GetProperty("message").GetString());
    }
}
