using System.Net;
using System.Text;

namespace Decant.Tests.Hosting.Server;

/// <summary>What callers see of a server that dies, comes back or is stopped.</summary>
public class ServerProcessTests
{
    // So many long answers that the stream is under way for seconds.
    private const string Long = """
        {"messages":[{"role":"user","content":"hello"}],"stream":true,"n":100,"max_tokens":400,"decoding":{"constraints":[{"kind":"regex","pattern":"[a-z ]{2000}"}]}}
        """;

    private const string Short = """{"messages":[{"role":"user","content":"Tell me a story about Savisha."}],"temperature":0,"stream":true}""";

    [SkippableFact]
    public async Task A_killed_server_is_an_error_to_its_reader_and_a_restarted_one_answers_on_the_same_port()
    {
        Skip.IfNot(OperatingSystem.IsLinux(), "Processes are ended by Linux's signals.");
        var port = ServerProcess.FreePort();
        using (var server = await ServerProcess.StartAsync(port))
        {
            using var response = await PostAsync(server, Long);
            using var reader = new StreamReader(await response.Content.ReadAsStreamAsync());
            Assert.StartsWith("data: ", await reader.ReadLineAsync());
            server.Kill();
            await Assert.ThrowsAnyAsync<IOException>(async () =>
            {
                while (await reader.ReadLineAsync().WaitAsync(TimeSpan.FromSeconds(30)) is not null)
                {
                }
            });
            await Assert.ThrowsAsync<HttpRequestException>(() => PostAsync(server, Short));
        }

        using var restarted = await ServerProcess.StartAsync(port);
        using var answer = await PostAsync(restarted, Short);
        var story = Events.Text(await Events.ReadAsync(answer));
        Assert.Contains("Savisha", story);

        // A stop lets the stream that is under way end.
        using var last = await PostAsync(restarted, Short);
        var stopped = restarted.StopAsync();
        Assert.Equal(story, Events.Text(await Events.ReadAsync(last)));
        Assert.Equal(0, await stopped);
    }

    private static async Task<HttpResponseMessage> PostAsync(ServerProcess server, string body)
    {
        using var request = new HttpRequestMessage(HttpMethod.Post, "v1/chat/completions") { Content = new StringContent(body, Encoding.UTF8, "application/json") };
        var response = await server.Http.SendAsync(request, HttpCompletionOption.ResponseHeadersRead);
        Assert.Equal(HttpStatusCode.OK, response.StatusCode);
        return response;
    }
}
