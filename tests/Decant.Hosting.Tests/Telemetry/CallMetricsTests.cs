using Decant.Connectors.Chat;
using Decant.Connectors.Embedded;
using Decant.Tests.Conformance;
using Microsoft.Extensions.AI;
using Microsoft.Extensions.Logging;

namespace Decant.Tests.Telemetry;

public sealed class CallMetricsTests : IDisposable
{
    private readonly string _model = Guid.NewGuid().ToString();
    private readonly ManualClock _clock = new();
    private readonly PrefixModel _scripted = TestChat.Scripted("Secret");
    private readonly LocalChatClient _client;

    public CallMetricsTests()
    {
        // Each forward takes a tenth of a second: the prompt's one and six more.
        _scripted.BeforeForward = _ =>
        {
            _clock.Advance(TimeSpan.FromSeconds(0.1));
            return Task.CompletedTask;
        };
        _client = TestChat.Client(_scripted, new LocalChatClientOptions { ModelId = _model, TimeProvider = _clock });
    }

    [Fact]
    public async Task A_call_s_times_are_measured_from_its_start_to_its_first_and_last_token()
    {
        using var metrics = new MetricsRecorder(_model);
        await _client.GetResponseAsync("Hi");
        var (duration, tags) = Assert.Single(metrics.Of("gen_ai.server.request.duration"));
        Assert.Equal(0.7, duration, 6);
        Assert.Equal(new Dictionary<string, object?> { ["gen_ai.operation.name"] = "chat", ["gen_ai.provider.name"] = "decant", ["gen_ai.request.model"] = _model }, tags);
        Assert.Equal(0.1, Assert.Single(metrics.Of("gen_ai.server.time_to_first_token")).Value, 6);
        Assert.Equal(0.1, Assert.Single(metrics.Of("gen_ai.server.time_per_output_token")).Value, 6);
        Assert.Equal(0, Assert.Single(metrics.Of("decant.engine.queue_time")).Value, 6);
        Assert.Empty(metrics.Of("decant.decoding.mask_time"));
        Assert.Empty(metrics.Of("decant.decoding.drafted_tokens"));
    }

    [Fact]
    public async Task A_call_that_fails_says_with_what_and_one_that_is_left_says_that()
    {
        using var metrics = new MetricsRecorder(_model);
        var clock = _scripted.BeforeForward;
        _scripted.BeforeForward = _ => throw new InvalidOperationException();
        await Assert.ThrowsAsync<InvalidOperationException>(() => _client.GetResponseAsync("Hi"));
        _scripted.BeforeForward = clock;
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => _client.GetResponseAsync("Hi", cancellationToken: new CancellationToken(true)));
        await foreach (var _ in _client.GetStreamingResponseAsync("Hi")) break;
        Assert.Equal(["System.InvalidOperationException", "abandoned", "abandoned"], metrics.Of("gen_ai.server.request.duration").Select(each => each.Tags["error.type"]));
        Assert.Equal(["System.InvalidOperationException", "abandoned", "abandoned"], metrics.Of("decant.engine.queue_time").Select(each => each.Tags["error.type"]));
        Assert.Empty(metrics.Of("gen_ai.server.time_to_first_token"));
    }

    [Fact]
    public async Task A_caller_who_stops_after_the_last_update_has_its_answer()
    {
        using var metrics = new MetricsRecorder(_model);
        await foreach (var update in _client.GetStreamingResponseAsync("Hi"))
        {
            if (update.FinishReason is not null) break;
        }

        Assert.DoesNotContain("error.type", Assert.Single(metrics.Of("gen_ai.server.request.duration")).Tags.Keys);
    }

    [Fact]
    public async Task Drafts_are_counted_by_drafter()
    {
        using var metrics = new MetricsRecorder(_model);
        using var client = LocalChatClient.Load(options: new LocalChatClientOptions { ModelId = _model });
        var response = await client.GetResponseAsync("What is 58 + 67?", new ChatOptions { Temperature = 0 }.WithDecoding(d => d.Speculate(new DraftModelOptions { Model = EmbeddedModels.Draft })));
        var (drafted, tags) = Assert.Single(metrics.Of("decant.decoding.drafted_tokens"));
        Assert.Equal("draft-model", tags["decant.drafter"]);
        Assert.Equal(response.Usage!.AdditionalCounts!["DraftedTokens"], drafted);
        Assert.True(drafted > 0);
        Assert.Equal(response.Usage.AdditionalCounts["AcceptedDraftTokens"], Assert.Single(metrics.Of("decant.decoding.accepted_tokens")).Value);
    }

    [Fact]
    public async Task Masks_are_timed_where_there_are_constraints()
    {
        using var metrics = new MetricsRecorder(_model);
        await _client.GetResponseAsync("Hi", new ChatOptions().WithDecoding(d => d.Constrain(new ChoiceOptions { Choices = ["Secret", "Sacred"] })));
        Assert.True(Assert.Single(metrics.Of("decant.decoding.mask_time")).Value > 0);
    }

    [Fact]
    public async Task A_single_instrument_can_be_listened_to()
    {
        using var metrics = new MetricsRecorder(_model, "gen_ai.server.time_to_first_token");
        await _client.GetResponseAsync("Hi");
        Assert.Equal("gen_ai.server.time_to_first_token", Assert.Single(metrics.All).Name);
    }

    [Fact]
    public async Task The_log_has_a_line_for_each_call_and_no_text()
    {
        using var logger = new RecordingLogger();
        using var client = TestChat.Client(TestChat.Scripted("Secret"), new LocalChatClientOptions { ModelId = _model, LoggerFactory = logger });
        await client.GetResponseAsync("Hidden");
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => client.GetResponseAsync("Hidden", cancellationToken: new CancellationToken(true)));
        Assert.Equal([LogLevel.Debug, LogLevel.Debug], logger.Records.Select(record => record.Level));
        Assert.Contains("answer 7 tokens in 7 forwards, finish stop", logger.Records[0].Message);
        Assert.Contains("abandoned", logger.Records[1].Message);
        Assert.DoesNotContain(logger.Records, record => record.Message.Contains("Secret", StringComparison.Ordinal) || record.Message.Contains("Hidden", StringComparison.Ordinal));
    }

    public void Dispose() => _client.Dispose();

    private sealed class ManualClock : TimeProvider
    {
        private long _ticks;

        public override long TimestampFrequency => TimeSpan.TicksPerSecond;

        public void Advance(TimeSpan time) => Interlocked.Add(ref _ticks, time.Ticks);

        public override long GetTimestamp() => Interlocked.Read(ref _ticks);
    }
}
