using System.Net;
using System.Text;

namespace Decant.Tests.Hosting.Server;

/// <summary>What is refused, with which status and what is said.</summary>
public sealed class RefusalTests : IAsyncLifetime
{
    private const string Hello = "\"messages\":[{\"role\":\"user\",\"content\":\"hello\"}]";

    private ServerHost _host = null!;

    public async Task InitializeAsync() => _host = await ServerHost.StartAsync(ServerHost.Tiny, options => options.MaxOutputTokens = 64, builder => FakeEmbeddings.AddTo(builder.Services));

    public async Task DisposeAsync() => await _host.DisposeAsync();

    [Theory]
    [InlineData("{", null, "line 1")]
    [InlineData("null", null, "null")]
    [InlineData("[]", null, "cannot be read")]
    [InlineData("{}", "messages", "at least one")]
    [InlineData("{\"messages\":[]}", "messages", "at least one")]
    [InlineData("{\"messages\":\"hello\"}", "messages", "messages")]
    [InlineData("{\"messages\":[null]}", "messages[0]", "null")]
    [InlineData("{\"messages\":[{\"role\":\"king\",\"content\":\"a\"}]}", "messages[0].role", "king")]
    [InlineData("{\"messages\":[{\"role\":\"user\"}]}", "messages[0].content", "no content")]
    [InlineData("{\"messages\":[{\"role\":\"user\",\"content\":\"a\",\"mood\":\"good\"}]}", "mood", "tool_call_id")]
    [InlineData("{\"messages\":[{\"role\":\"user\",\"content\":[{\"type\":\"image_url\",\"image_url\":{\"url\":\"x\"}}]}]}", "messages[0].content[0]", "image_url")]
    [InlineData("{\"messages\":[{\"role\":\"user\",\"content\":\"a\",\"tool_calls\":[]}]}", "messages[0]", "tool_calls")]
    [InlineData("{\"messages\":[{\"role\":\"tool\",\"content\":\"a\"}]}", "messages[0].tool_call_id", "tool_call_id")]
    [InlineData("{\"messages\":[{\"role\":\"assistant\",\"tool_calls\":[{\"id\":\"1\",\"function\":{\"name\":\"a\",\"arguments\":\"{\"}}]}]}", "messages[0].tool_calls[0].function.arguments", "JSON")]
    [InlineData("{#,\"bogus\":1}", "bogus", "top_p")]
    [InlineData("{#,\"key_owner\":\"a\"}", "key_owner", "top_p")]
    [InlineData("{\"messages\":[{\"role\":\"user\",\"content\":\"\\ud800\"}]}", "messages[0].content", "Unicode")]
    [InlineData("{\"messages\":[{\"role\":\"user\",\"content\":[{\"type\":\"text\",\"text\":\"\\ud800\"}]}]}", "messages[0].content", "Unicode")]
    [InlineData("{\"messages\":[{\"role\":\"assistant\",\"tool_calls\":[{\"id\":\"1\",\"function\":{\"name\":\"a\",\"arguments\":\"{\\\"a\\\":\\\"\\\\ud800\\\"}\"}}]}]}", "messages[0].tool_calls[0].function.arguments", "JSON")]
    [InlineData("{#,\"stop\":[\"\\ud800\"]}", "stop", "Unicode")]
    [InlineData("{#,\"tool_choice\":\"\\ud800\"}", "tool_choice", "Unicode")]
    [InlineData("{#,\"decoding\":{\"\\ud800\":1}}", "decoding", "Unicode")]
    [InlineData("{#,\"user\":\"\\ud800\"}", "user", "Unicode")]
    [InlineData("{#,\"temperature\":\"hot\"}", "temperature", "temperature")]
    [InlineData("{#,\"temperature\":-1}", "temperature", "Temperature")]
    [InlineData("{#,\"temperature\":1,\"temperature\":2}", "temperature", "cannot be read")]
    [InlineData("{#,\"max_tokens\":65}", "max_tokens", "64")]
    [InlineData("{#,\"max_tokens\":0}", "max_tokens", "at least 1")]
    [InlineData("{#,\"max_tokens\":1,\"max_completion_tokens\":2}", "max_tokens", "different")]
    [InlineData("{#,\"n\":0}", "n", "at least 1")]
    [InlineData("{#,\"n\":9}", "n", "at most 8")]
    [InlineData("{#,\"stop\":1}", "stop", "text")]
    [InlineData("{#,\"stop\":[\"\"]}", "stop", "empty")]
    [InlineData("{#,\"top_logprobs\":2}", "top_logprobs", "logprobs")]
    [InlineData("{#,\"logprobs\":true,\"top_logprobs\":21}", "top_logprobs", "20")]
    [InlineData("{#,\"logit_bias\":{\"1\":200}}", "logit_bias", "100")]
    [InlineData("{#,\"logit_bias\":[1]}", "logit_bias", "tokens")]
    [InlineData("{#,\"stream_options\":{\"include_usage\":true}}", "stream_options", "stream")]
    [InlineData("{#,\"store\":true}", "store", "stores no")]
    [InlineData("{#,\"modalities\":[\"text\",\"audio\"]}", "modalities", "text")]
    [InlineData("{#,\"service_tier\":\"gold\"}", "service_tier", "flex")]
    [InlineData("{#,\"priority\":\"huge\"}", "priority", "normal")]
    [InlineData("{#,\"priority\":\"low\",\"service_tier\":\"flex\"}", "priority", "one of them")]
    [InlineData("{#,\"deadline_seconds\":0}", "deadline_seconds", "above 0")]
    [InlineData("{#,\"reasoning_effort\":\"wild\"}", "reasoning_effort", "xhigh")]
    [InlineData("{#,\"tools\":[{\"type\":\"custom\"}]}", "tools[0].type", "custom")]
    [InlineData("{#,\"tools\":[{\"type\":\"function\",\"function\":{}}]}", "tools[0].function", "name")]
    [InlineData("{#,\"tool_choice\":\"perhaps\"}", "tool_choice", "required")]
    [InlineData("{#,\"tool_choice\":\"required\"}", null, "Tools")]
    [InlineData("{#,\"response_format\":{\"type\":\"xml\"}}", "response_format.type", "json_schema")]
    [InlineData("{#,\"response_format\":{\"type\":\"json_schema\"}}", "response_format.json_schema", "schema")]
    [InlineData("{#,\"response_format\":{\"type\":\"json_schema\",\"json_schema\":{\"name\":\"a\",\"schema\":7}}}", null, "schema")]
    [InlineData("{#,\"decoding\":{\"smapling\":\"sample\"}}", "decoding", "sampling")]
    [InlineData("{#,\"decoding\":7}", "decoding", "7")]
    [InlineData("{#,\"documents\":[{\"title\":\"a\"}]}", "documents", "text")]
    public async Task A_bad_chat_request_is_400_and_says_why(string body, string? param, string said) => await CheckAsync("chat/completions", body.Replace("#", Hello), 400, param, said);

    [Theory]
    [InlineData("{}", "prompt", "prompt")]
    [InlineData("{\"prompt\":[]}", "prompt", "empty")]
    [InlineData("{\"prompt\":\"\"}", "prompt", "empty")]
    [InlineData("{\"prompt\":[\"\\ud800\"]}", "prompt", "Unicode")]
    [InlineData("{\"prompt\":[1,\"a\"]}", "prompt", "token ids")]
    [InlineData("{\"prompt\":[1000000]}", "prompt", "none of the model's")]
    [InlineData("{\"prompt\":\"a\",\"suffix\":\"b\"}", "suffix", "infill")]
    [InlineData("{\"prompt\":\"a\",\"best_of\":2}", "best_of", "best-of")]
    [InlineData("{\"prompt\":\"a\",\"logprobs\":6}", "logprobs", "5")]
    [InlineData("{\"prompt\":\"a\",\"logprobs\":1,\"echo\":true}", "echo", "logprobs")]
    [InlineData("{\"prompt\":[\"a\",\"b\",\"c\"],\"n\":3}", "n", "9")]
    [InlineData("{\"prompt\":\"a\",\"tools\":[]}", "tools", "prompt")]
    public async Task A_bad_completion_request_is_400_and_says_why(string body, string? param, string said) => await CheckAsync("completions", body, 400, param, said);

    [Theory]
    [InlineData("{}", "input", "text")]
    [InlineData("{\"input\":[]}", "input", "text")]
    [InlineData("{\"input\":\"\\ud800\"}", "input", "Unicode")]
    [InlineData("{\"input\":[1,2]}", "input", "Token ids")]
    [InlineData("{\"input\":\"a\",\"encoding_format\":\"hex\"}", "encoding_format", "base64")]
    [InlineData("{\"input\":\"a\",\"dimensions\":0}", "dimensions", "at least 1")]
    [InlineData("{\"input\":\"a\",\"dimensions\":3}", null, "2 dimensions")]
    public async Task A_bad_embedding_request_is_400_and_says_why(string body, string? param, string said) => await CheckAsync("embeddings", body, 400, param, said);

    [Theory]
    [InlineData("chat/completions", "{\"messages\":[{\"role\":\"user\",\"content\":\"#\"}]}")]
    [InlineData("completions", "{\"prompt\":\"#\"}")]
    [InlineData("embeddings", "{\"input\":[\"#\"]}")]
    public async Task Bytes_that_are_not_UTF8_are_400(string path, string body)
    {
        var bytes = Encoding.UTF8.GetBytes(body);
        bytes[Array.IndexOf(bytes, (byte)'#')] = 0xFF;
        using var content = new ByteArrayContent(bytes) { Headers = { ContentType = new("application/json") } };
        using var response = await _host.Http.PostAsync(new Uri($"v1/{path}", UriKind.Relative), content);
        Assert.Equal(HttpStatusCode.BadRequest, response.StatusCode);
        Assert.Contains("Unicode", (await ServerHost.ErrorAsync(response)).GetProperty("message").GetString());
    }

    [Fact]
    public async Task Models_that_are_not_there_are_404_and_the_known_ones_are_listed()
    {
        await CheckAsync("chat/completions", $"{{{Hello},\"model\":\"gpt\"}}", 404, "model", ServerHost.Model);
        await CheckAsync("completions", "{\"prompt\":\"a\",\"model\":\"gpt\"}", 404, "model", ServerHost.Model);
        await CheckAsync("embeddings", $"{{\"input\":\"a\",\"model\":\"{ServerHost.Model}\"}}", 404, "model", FakeEmbeddings.Model);
        await CheckAsync("elsewhere", "{}", 404, null, "chat/completions");
    }

    [Fact]
    public async Task A_prompt_that_does_not_fit_is_400_with_OpenAIs_code()
    {
        var words = string.Concat(Enumerable.Repeat("word ", 5000));
        var error = await CheckAsync("chat/completions", $$"""{"messages":[{"role":"user","content":"{{words}}"}]}""", 400, "messages", "context");
        Assert.Equal("context_length_exceeded", error.GetProperty("code").GetString());
    }

    [Fact]
    public async Task Another_method_is_405_and_another_type_415()
    {
        using var wrongMethod = await _host.Http.GetAsync(new Uri("v1/chat/completions", UriKind.Relative));
        Assert.Equal((HttpStatusCode.MethodNotAllowed, "POST"), (wrongMethod.StatusCode, wrongMethod.Content.Headers.Allow.Single()));
        Assert.Contains("POST", (await ServerHost.ErrorAsync(wrongMethod)).GetProperty("message").GetString());
        using var text = new StringContent($"{{{Hello}}}", Encoding.UTF8, "text/plain");
        using var wrongType = await _host.Http.PostAsync(new Uri("v1/chat/completions", UriKind.Relative), text);
        Assert.Equal(HttpStatusCode.UnsupportedMediaType, wrongType.StatusCode);
        Assert.Contains("application/json", (await ServerHost.ErrorAsync(wrongType)).GetProperty("message").GetString());
    }

    private async Task<System.Text.Json.JsonElement> CheckAsync(string path, string body, int status, string? param, string said)
    {
        using var response = await _host.PostAsync(path, body);
        var text = await response.Content.ReadAsStringAsync();
        Assert.True(status == (int)response.StatusCode, $"{(int)response.StatusCode} {text}");
        var error = await ServerHost.ErrorAsync(response);
        Assert.Equal((param, "invalid_request_error"), (error.GetProperty("param").GetString(), error.GetProperty("type").GetString()));
        Assert.Contains(said, error.GetProperty("message").GetString());
        Assert.DoesNotContain("Parameter '", text);
        return error;
    }
}
