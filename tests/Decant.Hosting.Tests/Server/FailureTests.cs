using System.Net;
using Decant.Hosting;
using Decant.Tests.Conformance;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;

namespace Decant.Tests.Hosting.Server;

/// <summary>What callers and the log are told where a call fails in the server.</summary>
public sealed class FailureTests : IDisposable
{
    private const string Hello = """{"messages":[{"role":"user","content":"hello"}]}""";

    private readonly RecordingLogger _logger = new();

    public static TheoryData<Exception, int, string?, LogLevel?> Failures => new()
    {
        { new NotSupportedException("secret"), 400, null, LogLevel.Warning },
        { new ArgumentException("secret"), 400, null, LogLevel.Warning },
        { new InsufficientMemoryException("secret"), 503, "out_of_memory", null },
        { new OperationCanceledException("secret"), 500, "internal_error", LogLevel.Error },
        { new TaskCanceledException("secret"), 500, "internal_error", LogLevel.Error },
        { new OperationCanceledException("The host stopped before the answer was whole."), 503, "shutting_down", null },
        { new HostStoppingException(), 503, "shutting_down", null },
    };

    public void Dispose() => _logger.Dispose();

    [Theory]
    [MemberData(nameof(Failures))]
    public async Task A_failure_has_its_status_and_what_is_the_operators_is_logged_without_texts(Exception exception, int status, string? code, LogLevel? level)
    {
        await using var host = await ServerHost.StartAsync(new ScriptedClient((_, _) => throw exception), build: builder => builder.Services.AddSingleton<ILoggerFactory>(_logger));
        using var response = await host.PostAsync("chat/completions", Hello);
        Assert.Equal(status, (int)response.StatusCode);
        Assert.Equal(code, (await ServerHost.ErrorAsync(response)).GetProperty("code").GetString());
        Assert.Equal(code == "out_of_memory" ? "5" : null, response.Headers.RetryAfter?.ToString());
        var records = _logger.Records.Where(record => record.Message.Contains(response.Headers.GetValues("x-request-id").Single(), StringComparison.Ordinal) && record.Level >= LogLevel.Warning).ToList();
        Assert.Equal(level is { } one ? [one] : [], records.Select(record => record.Level));
        if (level == LogLevel.Warning) Assert.Contains(exception.GetType().Name, records[0].Message);
        Assert.DoesNotContain(records, record => record.Message.Contains("secret", StringComparison.Ordinal));
    }

    [Fact]
    public async Task A_call_that_is_cancelled_because_the_host_stops_says_so()
    {
        var began = new TaskCompletionSource();
        var end = new TaskCompletionSource();
        await using var host = await ServerHost.StartAsync(new ScriptedClient((_, _) => StopAsync()));
        var answer = host.PostAsync("chat/completions", Hello);
        await began.Task;
        var stopping = host.StopAsync();
        await Task.Delay(200);
        end.SetResult();
        using var response = await answer;
        Assert.Equal(HttpStatusCode.ServiceUnavailable, response.StatusCode);
        await stopping;

        async IAsyncEnumerable<Microsoft.Extensions.AI.ChatResponseUpdate> StopAsync()
        {
            began.SetResult();
            await end.Task;
            yield return ScriptedClient.Update("a");
            throw new OperationCanceledException();
        }
    }
}
