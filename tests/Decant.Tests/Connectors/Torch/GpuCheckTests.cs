using System.Text.Json;
using Decant.Samples.GpuCheck;

namespace Decant.Tests.Connectors.Torch;

/// <summary>The GPU check runs, on the CPU and a tiny shape, and its figures make sense.</summary>
public sealed class GpuCheckTests
{
    [TorchFact]
    public async Task The_check_passes_on_the_cpu()
    {
        var said = new List<string>();
        var report = await Check.RunAsync(Arguments.Parse(["--device", "cpu", "--shapes", "tiny", "--rounds", "2", "--weights", "f32"]), said.Add);
        Assert.True(report.Correct.Passed, report.Correct.ToString());
        Assert.InRange(report.Correct.WeightsError, 0, 1e-5);
        Assert.True(report.CopyGigabytesPerSecond.Least > 0);
        var speed = Assert.Single(report.Speeds);
        Assert.Equal([1, 2, 4, 8, 16, 32], speed.VerifyMilliseconds.Keys);
        foreach (var spread in (Spread[])[speed.Decode1, speed.Decode32, speed.Prefill512, speed.Prefill2048])
        {
            Assert.Equal(2, spread.Rounds);
            Assert.True(spread.Least > 0 && spread.Least <= spread.Median && spread.Median <= spread.Most);
        }

        using var json = JsonDocument.Parse(JsonSerializer.Serialize(report, Check.Json));
        Assert.Equal("tiny", json.RootElement.GetProperty("speeds")[0].GetProperty("shape").GetString());
        Assert.NotEmpty(said);
    }

    [Fact]
    public void Wrong_arguments_are_named()
    {
        Assert.Contains("tiny, 1b, 8b", Assert.Throws<ArgumentException>(() => Arguments.Parse(["--shapes", "70b"])).Message);
        Assert.Contains("--weights", Assert.Throws<ArgumentException>(() => Arguments.Parse(["--weights", "q4"])).Message);
        Assert.Contains("needs a value", Assert.Throws<ArgumentException>(() => Arguments.Parse(["--device"])).Message);
        Assert.Contains("--rounds", Assert.Throws<ArgumentException>(() => Arguments.Parse(["--rounds", "none"])).Message);
        Assert.True(Arguments.Parse(["--help"]).Help);
    }

    [Fact]
    public void A_spread_is_the_middle_and_the_ends() => Assert.Equal(new Spread(2, 1, 10, 3), Spread.Of([10, 1, 2]));
}
