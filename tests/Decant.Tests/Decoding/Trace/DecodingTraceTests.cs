using System.Text;

namespace Decant.Tests.Decoding;

/// <summary>Traces as JSON, and tokens as text.</summary>
public class DecodingTraceTests
{
    [Fact]
    public async Task Json_gives_the_same_trace_back()
    {
        using var model = TableModel.Random(24);
        var plan = DecodingPlan.Compile(new DecodingOptions
        {
            Processors = [new FrequencyPresenceOptions { Presence = 0.5f }],
            Sampling = new SamplingOptions { TopP = 0.8f },
            Search = null,
            Trace = true,
        });
        var trace = await TracedRuns.TraceAsync(model, plan);
        var json = trace.ToJson();
        Assert.Equal(trace, DecodingTrace.FromJson(json));
        Assert.Contains("\"prompt_length\":5", json);
        Assert.Contains("\"finish\":\"max-tokens\"", json);
        Assert.NotEqual(trace, DecodingTrace.FromJson(json.Replace("\"position\":7", "\"position\":8", StringComparison.Ordinal)));
    }

    [Fact]
    public void An_impossible_token_survives_json()
    {
        var stage = new TracedStage(TraceStage.Drawn, float.NegativeInfinity, []);
        var trace = new DecodingTrace
        {
            Model = "m", Options = new(), Seed = long.MinValue, PromptLength = 1, TargetForwards = 1, BranchForwards = 0,
            Tokens = [new TracedToken { Id = 1, Position = 1, Source = TokenSource.Search, Stages = [stage, stage], Branches = [] }],
        };
        Assert.Equal(trace, DecodingTrace.FromJson(trace.ToJson()));
    }

    [Theory]
    [InlineData("null")]
    [InlineData("{")]
    [InlineData("{\"model\":\"m\"}")]
    public void What_is_no_trace_is_refused(string json) => Assert.Throws<ArgumentException>(() => DecodingTrace.FromJson(json));

    [Fact]
    public void Pieces_of_characters_are_shown_as_bytes()
    {
        var euro = Encoding.UTF8.GetBytes("a€");
        Assert.Equal("a€", TokenText.Of(euro));
        Assert.Equal("a\\xE2\\x82", TokenText.Of(euro.AsSpan(0, 3)));
        Assert.Equal("\\xAC", TokenText.Of(euro.AsSpan(3)));
        Assert.Equal("", TokenText.Of([]));
    }
}
