using System.Net;
using System.Net.Http.Headers;
using System.Net.Http.Json;
using System.Text.RegularExpressions;
using Decant.Tool;

namespace Decant.Tests.Tool;

public partial class ServeCommandTests
{
    [Fact]
    public async Task Models_are_served_until_the_command_is_interrupted_and_running_answers_end()
    {
        using var server = new Running("--model", "decant-tiny", "decant-tiny-polite", "--url", "http://127.0.0.1:0", "--weights", "int8", "--max-running", "2", "--max-queued", "4", "--kv-tokens", "4096");
        using var http = new HttpClient { BaseAddress = await server.Address };
        Assert.Contains("Serving decant-tiny, decant-tiny-polite at http://127.0.0.1:", server.Text);
        Assert.Contains("curl http://127.0.0.1:", server.Text);
        var models = await http.GetStringAsync("/v1/models");
        Assert.Contains("decant-tiny-polite", models);
        Assert.Contains("125", await AskAsync(http, "decant-tiny"));
        using var embeddings = await http.PostAsJsonAsync("/v1/embeddings", new { model = "decant-tiny-polite", input = "Hello" });
        Assert.Contains("\"embedding\"", await embeddings.Content.ReadAsStringAsync());
        Assert.Equal(DecantTool.Success, await server.StopAsync());
        await Assert.ThrowsAsync<HttpRequestException>(() => http.GetStringAsync("/v1/models"));
    }

    [Fact]
    public async Task A_key_is_asked_for_where_one_is_set_and_a_draft_model_drafts()
    {
        using var server = new Running("--url", "http://127.0.0.1:0", "--api-key", "secret", "--draft", "decant-tiny-draft");
        using var http = new HttpClient { BaseAddress = await server.Address };
        Assert.Contains("Authorization: Bearer KEY", server.Text);
        Assert.DoesNotContain("secret", server.Text);
        Assert.Equal(HttpStatusCode.Unauthorized, (await http.GetAsync("/v1/models")).StatusCode);
        http.DefaultRequestHeaders.Authorization = new AuthenticationHeaderValue("Bearer", "secret");
        var answer = await AskAsync(http, "decant-tiny");
        Assert.Contains("125", answer);
        Assert.Matches("\"accepted_prediction_tokens\": ?[1-9]", answer);
    }

    [Fact]
    public async Task An_address_that_is_taken_or_open_without_a_key_is_refused_in_a_line()
    {
        using var server = new Running("--url", "http://127.0.0.1:0");
        var taken = await ToolRun.Async("serve", "--url", (await server.Address).ToString());
        Assert.Equal((DecantTool.Failure, ""), (taken.Code, taken.Output));
        Assert.Contains("address already in use", taken.Error);
        var open = await ToolRun.Async("serve", "--url", "http://0.0.0.0:0");
        Assert.Equal((DecantTool.Failure, ""), (open.Code, open.Output));
        Assert.Contains("key", open.Error);
    }

    [Fact]
    public async Task What_cannot_be_served_is_refused_before_anything_is_loaded()
    {
        var open = await ToolRun.Async("serve", "--model", "/nowhere", "--url", "http://0.0.0.0:0");
        Assert.Equal((DecantTool.Failure, ""), (open.Code, open.Output));
        Assert.Contains("--api-key", open.Error);
        var twins = await ToolRun.Async("serve", "--model", "/nowhere/main", "/elsewhere/main");
        Assert.Equal((DecantTool.WrongUsage, ""), (twins.Code, twins.Output));
        Assert.Contains("different names", twins.Error);
    }

    private static async Task<string> AskAsync(HttpClient http, string model)
    {
        using var response = await http.PostAsJsonAsync("/v1/chat/completions", new { model, temperature = 0, messages = new[] { new { role = "user", content = "What is 58 + 67?" } } });
        return await response.Content.ReadAsStringAsync();
    }

    [GeneratedRegex(@"at (http://\S+)")]
    private static partial Regex AddressLine();

    /// <summary>A server that runs in this process until it is stopped or disposed.</summary>
    private sealed class Running : IDisposable
    {
        private readonly StringWriter _text = new();
        private readonly TextWriter _output;
        private readonly ToolConsole _console;
        private readonly Task<int> _run;

        public Running(params string[] args)
        {
            _output = TextWriter.Synchronized(_text);
            _console = new ToolConsole(new StringReader(""), _output, new StringWriter());
            _run = Task.Run(() => DecantTool.RunAsync(["serve", .. args], _console));
            Address = WaitAsync();
        }

        /// <summary>What it has written so far.</summary>
        public string Text
        {
            get
            {
                // The lock of the synchronized writer.
                lock (_output) return _text.ToString();
            }
        }

        public Task<Uri> Address { get; }

        public Task<int> StopAsync()
        {
            _console.Interruption.Raise();
            return _run;
        }

        public void Dispose()
        {
            StopAsync().GetAwaiter().GetResult();
            _console.Dispose();
            _output.Dispose();
            _text.Dispose();
        }

        private async Task<Uri> WaitAsync()
        {
            while (!Text.Contains("curl", StringComparison.Ordinal))
            {
                if (_run.IsCompleted) throw new InvalidOperationException($"The server ended with {await _run}.");
                await Task.Delay(50);
            }

            return new Uri(AddressLine().Match(Text).Groups[1].Value);
        }
    }
}
