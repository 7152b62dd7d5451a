using System.Diagnostics;
using System.Text.Json;
using Decant.Connectors.Torch;
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

    [TorchFact]
    public async Task The_environment_names_the_libtorch_to_use()
    {
        var folder = TorchBackend.Load();
        var (status, output, _) = await RunAsync(folder, "--device", "cpu", "--shapes", "tiny", "--rounds", "1");
        Assert.Equal(0, status);
        using var json = JsonDocument.Parse(output);
        Assert.Equal(folder, json.RootElement.GetProperty("libtorch").GetString());

        (status, _, var error) = await RunAsync(Path.GetTempPath(), "--device", "cpu");
        Assert.Equal(2, status);
        Assert.Contains("DECANT_LIBTORCH is", error);
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

    private static async Task<(int Status, string Output, string Error)> RunAsync(string libtorch, params string[] arguments)
    {
        var start = new ProcessStartInfo("dotnet", [typeof(Check).Assembly.Location, .. arguments])
        {
            RedirectStandardOutput = true,
            RedirectStandardError = true,
            Environment = { [TorchBackend.FolderVariable] = libtorch, ["OMP_NUM_THREADS"] = "1" },
        };
        using var process = Process.Start(start)!;
        var (output, error) = (process.StandardOutput.ReadToEndAsync(), process.StandardError.ReadToEndAsync());
        await process.WaitForExitAsync();
        return (process.ExitCode, await output, await error);
    }

    [Fact]
    public void A_spread_is_the_middle_and_the_ends() => Assert.Equal(new Spread(2, 1, 10, 3), Spread.Of([10, 1, 2]));
}
