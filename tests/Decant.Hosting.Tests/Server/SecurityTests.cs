using System.Net;
using System.Text;
using System.Text.Json;
using Decant.Hosting;
using Decant.Hosting.Server;
using Decant.Tests.Conformance;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;

namespace Decant.Tests.Hosting.Server;

/// <summary>Who is let in, and how much of what they bring.</summary>
public class SecurityTests
{
    private const string Hello = """{"messages":[{"role":"user","content":"hello"}]}""";

    [Theory]
    [InlineData(null, 401)]
    [InlineData("", 401)]
    [InlineData("Bearer", 401)]
    [InlineData("Bearer ", 401)]
    [InlineData("Bearer wrong", 401)]
    [InlineData("Bearer secret-on", 401)]
    [InlineData("Bearer secret-one-and-more", 401)]
    [InlineData("Basic secret-one", 401)]
    [InlineData("Bearer secret-one", 200)]
    [InlineData("bearer secret-two", 200)]
    public async Task Only_those_with_a_key_are_answered(string? header, int status)
    {
        await using var host = await ServerHost.StartAsync(new ScriptedClient("hi"), options =>
        {
            options.ApiKeys.Add("secret-one");
            options.ApiKeys.Add(" secret-two\n");
        });
        foreach (var path in new[] { "v1/chat/completions", "v1/models", "v1/nothing" })
        {
            using var request = new HttpRequestMessage(path.EndsWith("completions", StringComparison.Ordinal) ? HttpMethod.Post : HttpMethod.Get, path);
            if (request.Method == HttpMethod.Post) request.Content = new StringContent(Hello, Encoding.UTF8, "application/json");
            if (header is not null) request.Headers.TryAddWithoutValidation("Authorization", header);
            using var response = await host.Http.SendAsync(request);
            Assert.Equal(path == "v1/nothing" && status == 200 ? 404 : status, (int)response.StatusCode);
            if (status != 401) continue;
            Assert.Equal("Bearer", response.Headers.WwwAuthenticate.Single().Scheme);
            Assert.Equal("authentication_error", (await ServerHost.ErrorAsync(response)).GetProperty("type").GetString());
        }
    }

    [Theory]
    [InlineData("http://0.0.0.0:0", false, false, false)]
    [InlineData("http://[::]:0", false, false, false)]
    [InlineData("http://*:0", false, false, false)]
    [InlineData("http://0.0.0.0:0", true, false, true)]
    [InlineData("http://0.0.0.0:0", false, true, true)]
    [InlineData("http://127.0.0.1:0", false, false, true)]
    [InlineData("http://[::1]:0", false, false, true)]
    public async Task A_public_address_needs_a_key_or_leave(string url, bool key, bool anonymous, bool starts)
    {
        await using var app = App(url, options =>
        {
            options.AllowAnonymousPublicAccess = anonymous;
            if (key) options.ApiKeys.Add("secret");
        });
        if (starts)
        {
            await app.StartAsync();
            await app.StopAsync();
            return;
        }

        var error = await Assert.ThrowsAsync<InvalidOperationException>(() => app.StartAsync());
        Assert.Contains("ApiKeys", error.Message);
    }

    [Fact]
    public async Task Addresses_that_code_gives_to_Kestrel_are_checked_too()
    {
        var builder = WebApplication.CreateEmptyBuilder(new());
        builder.WebHost.UseKestrelCore().ConfigureKestrel(kestrel => kestrel.ListenAnyIP(0));
        builder.Services.AddDecantServer();
        await using var app = builder.Build();
        app.MapDecant();
        await Assert.ThrowsAsync<InvalidOperationException>(() => app.StartAsync());
    }

    [Fact]
    public async Task Without_a_key_no_name_but_localhost_is_answered()
    {
        await using var host = await ServerHost.StartAsync(new ScriptedClient("hi"));
        foreach (var (name, status) in new[] { ("evil.example", 403), ("localhost.evil.example", 403), ("localhost", 200), ("127.0.0.1", 200), ("[::1]", 200) })
        {
            using var request = new HttpRequestMessage(HttpMethod.Get, "v1/models") { Headers = { Host = name } };
            using var response = await host.Http.SendAsync(request);
            Assert.Equal(status, (int)response.StatusCode);
        }
    }

    [Theory]
    [InlineData(null, "https://good.example", false)]
    [InlineData("https://good.example", "https://good.example", true)]
    [InlineData("https://good.example", "https://bad.example", false)]
    [InlineData("*", "https://any.example", true)]
    public async Task Pages_of_other_origins_need_leave(string? allowed, string origin, bool isAllowed)
    {
        await using var host = await ServerHost.StartAsync(new ScriptedClient("hi"), options =>
        {
            options.ApiKeys.Add("secret");
            if (allowed is not null) options.CorsOrigins.Add(allowed);
        });
        foreach (var (path, method) in new[] { ("v1/chat/completions", "POST"), ("decant/schema", "GET"), ("decant/load", "GET") })
        {
            using var preflight = new HttpRequestMessage(HttpMethod.Options, path)
            {
                Headers = { { "Origin", origin }, { "Access-Control-Request-Method", method }, { "Access-Control-Request-Headers", "authorization,content-type" } },
            };
            using var answer = await host.Http.SendAsync(preflight);
            Assert.Equal(isAllowed, answer.Headers.Contains("Access-Control-Allow-Origin"));
            Assert.Equal(allowed is null ? HttpStatusCode.Unauthorized : HttpStatusCode.NoContent, answer.StatusCode);
        }

        // Errors must be readable too, or a page cannot tell why it failed.
        using var request = new HttpRequestMessage(HttpMethod.Get, "v1/models") { Headers = { { "Origin", origin } } };
        using var refused = await host.Http.SendAsync(request);
        Assert.Equal((HttpStatusCode.Unauthorized, isAllowed), (refused.StatusCode, refused.Headers.Contains("Access-Control-Allow-Origin")));
    }

    [Fact]
    public async Task Other_endpoints_have_problem_details_and_those_open_to_all_need_no_key()
    {
        await using var host = await ServerHost.StartAsync(new ScriptedClient("hi"), options => options.ApiKeys.Add("secret"), map: app =>
        {
            var guard = app.Services.GetRequiredService<EndpointGuard>();
            app.MapGet("/page", guard.Wrap(context => context.Response.WriteAsync("page"))).AllowAnonymous();
            app.MapGet("/load", guard.Wrap(context => context.Response.WriteAsync("load")));
        });
        Assert.Equal("page", await host.Http.GetStringAsync(new Uri("page", UriKind.Relative)));
        using var refused = await host.Http.GetAsync(new Uri("load", UriKind.Relative));
        Assert.Equal((HttpStatusCode.Unauthorized, "application/problem+json"), (refused.StatusCode, refused.Content.Headers.ContentType?.MediaType));
        Assert.Contains("Bearer", JsonElement.Parse(await refused.Content.ReadAsStringAsync()).GetProperty("detail").GetString());
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task Bodies_over_the_limit_are_413(bool chunked)
    {
        await using var host = await ServerHost.StartAsync(new ScriptedClient("hi"), options => options.MaxRequestBodyBytes = 200);
        foreach (var (size, status) in new[] { (10, 200), (300, 413), (100_000, 413) })
        {
            var body = $$"""{"messages":[{"role":"user","content":"{{new string('a', size)}}"}]}""";
            using var request = new HttpRequestMessage(HttpMethod.Post, "v1/chat/completions") { Content = new StringContent(body, Encoding.UTF8, "application/json") };
            request.Headers.TransferEncodingChunked = chunked;
            using var response = await host.Http.SendAsync(request);
            Assert.Equal(status, (int)response.StatusCode);
            if (status == 413) Assert.Equal("invalid_request_error", (await ServerHost.ErrorAsync(response)).GetProperty("type").GetString());
        }
    }

    [Fact]
    public async Task Prompts_over_the_limit_are_400()
    {
        await using var host = await ServerHost.StartAsync(ServerHost.Tiny, options => options.MaxInputTokens = 20);
        await host.AskAsync("completions", """{"prompt":"Savisha","max_tokens":1}""");
        foreach (var (path, body) in new[] { ("completions", """{"prompt":"#"}"""), ("chat/completions", """{"messages":[{"role":"user","content":"#"}]}""") })
        {
            using var response = await host.PostAsync(path, body.Replace("#", string.Concat(Enumerable.Repeat("Savisha ", 30))));
            Assert.Equal(HttpStatusCode.BadRequest, response.StatusCode);
            Assert.Contains("at most 20", (await ServerHost.ErrorAsync(response)).GetProperty("message").GetString());
        }
    }

    [Fact]
    public async Task Many_embeddings_at_a_time_are_400()
    {
        await using var host = await ServerHost.StartAsync(new ScriptedClient(), options => options.MaxEmbeddingInputs = 2, builder => FakeEmbeddings.AddTo(builder.Services));
        await host.AskAsync("embeddings", """{"input":["a","b"]}""");
        using var response = await host.PostAsync("embeddings", """{"input":["a","b","c"]}""");
        Assert.Contains("at most 2", (await ServerHost.ErrorAsync(response)).GetProperty("message").GetString());
    }

    [Fact]
    public async Task Keys_and_texts_are_not_logged()
    {
        using var logger = new RecordingLogger();
        await using var host = await ServerHost.StartAsync(
            new ScriptedClient((_, _) => throw new InvalidOperationException("broken")), options => options.ApiKeys.Add("secret-key"), builder => builder.Services.AddSingleton<ILoggerFactory>(logger));
        using var response = await host.PostAsync("chat/completions", Hello.Replace("hello", "secret-text"), "secret-key");
        Assert.Equal(HttpStatusCode.InternalServerError, response.StatusCode);
        Assert.Contains(logger.Records, record => record.Level == LogLevel.Error);
        Assert.DoesNotContain(logger.Records, record => record.Message.Contains("secret", StringComparison.Ordinal));
    }

    [Theory]
    [InlineData("ApiKeys", " ")]
    [InlineData("CorsOrigins", "good.example")]
    [InlineData("CorsOrigins", "https://good.example/path")]
    [InlineData("MaxRequestBodyBytes", "0")]
    [InlineData("MaxInputTokens", "0")]
    [InlineData("MaxOutputTokens", "0")]
    [InlineData("MaxSearchTokens", "0")]
    [InlineData("MaxChoices", "0")]
    [InlineData("MaxEmbeddingInputs", "0")]
    [InlineData("MaxChoises", "1")]
    public async Task What_a_section_says_wrongly_stops_the_host_by_name(string key, string value)
    {
        var builder = WebApplication.CreateEmptyBuilder(new());
        builder.WebHost.UseKestrelCore().UseUrls("http://127.0.0.1:0");
        builder.Configuration.AddInMemoryCollection(new Dictionary<string, string?> { [key.EndsWith('s') && !key.StartsWith("Max", StringComparison.Ordinal) ? $"Server:{key}:0" : $"Server:{key}"] = value });
        builder.Services.AddDecantServer(builder.Configuration.GetSection("Server"));
        await using var app = builder.Build();
        var error = await Assert.ThrowsAnyAsync<Exception>(() => app.StartAsync());
        Assert.True(error is OptionsValidationException or InvalidOperationException, error.ToString());
        Assert.Contains(key, error.Message);
    }

    [Fact]
    public async Task A_section_configures_the_server()
    {
        var builder = WebApplication.CreateEmptyBuilder(new());
        builder.WebHost.UseKestrelCore();
        builder.Configuration.AddInMemoryCollection(new Dictionary<string, string?> { ["Server:ApiKeys:0"] = "a", ["Server:CorsOrigins:0"] = "https://b", ["Server:MaxInputTokens"] = "3", ["Server:MaxSearchTokens"] = "5" });
        builder.Services.AddDecantServer(builder.Configuration.GetSection("Server"));
        await using var app = builder.Build();
        var options = app.Services.GetRequiredService<IOptions<DecantServerOptions>>().Value;
        Assert.Equal(("a", "https://b", 3, 5), (options.ApiKeys.Single(), options.CorsOrigins.Single(), options.MaxInputTokens, options.MaxSearchTokens));
    }

    [Fact]
    public async Task Mapping_without_services_says_what_is_missing()
    {
        var builder = WebApplication.CreateEmptyBuilder(new());
        builder.WebHost.UseKestrelCore();
        builder.Services.AddRouting();
        await using var app = builder.Build();
        Assert.Contains("AddDecantServer", Assert.Throws<InvalidOperationException>(() => app.MapDecant()).Message);
    }

    [Fact]
    public async Task Two_models_of_one_id_are_an_error_when_mapping()
    {
        var error = await Assert.ThrowsAsync<InvalidOperationException>(() => ServerHost.StartAsync(new ScriptedClient(), build: builder => builder.Services.AddSingleton(new ServedModel(ServerHost.Model, "other"))));
        Assert.Contains("ModelId", error.Message);
    }

    private static WebApplication App(string url, Action<DecantServerOptions> configure)
    {
        var builder = WebApplication.CreateEmptyBuilder(new());
        builder.WebHost.UseKestrelCore().UseUrls(url);
        builder.Services.AddDecantServer(configure);
        var app = builder.Build();
        app.MapDecant();
        return app;
    }
}
