using System.Diagnostics;
using Decant.Tool;

namespace Decant.Tests.Tool;

/// <summary>The tool as a process of its own, with its output in a pipe.</summary>
public class ToolProcessTests
{
    [Fact]
    public async Task Piped_lines_are_answered_without_colours_or_prompts()
    {
        using var process = Start("chat", "--temperature", "0");
        await process.StandardInput.WriteLineAsync("What is 58 + 67?");
        process.StandardInput.Close();
        var (output, error) = (await process.StandardOutput.ReadToEndAsync(), await process.StandardError.ReadToEndAsync());
        await process.WaitForExitAsync();
        Assert.Equal((0, ""), (process.ExitCode, error));
        Assert.Contains("125", output);
        Assert.DoesNotContain('\e', output);
        Assert.DoesNotContain('>', output);
    }

    [Fact]
    public async Task The_version_is_the_package_s()
    {
        using var process = Start("--version");
        Assert.StartsWith("0.1.0", await process.StandardOutput.ReadToEndAsync());
        await process.WaitForExitAsync();
        Assert.Equal(0, process.ExitCode);
    }

    [SkippableFact]
    public async Task A_signal_ends_a_long_command_cleanly()
    {
        Skip.If(OperatingSystem.IsWindows(), "There are no such signals on Windows.");
        using var process = Start("bench", "--repeats", "100000");

        // It listens to signals before it loads anything.
        await Task.Delay(TimeSpan.FromSeconds(3));
        Process.Start("kill", ["-INT", $"{process.Id}"]).WaitForExit();
        var (output, error) = (await process.StandardOutput.ReadToEndAsync(), await process.StandardError.ReadToEndAsync());
        await process.WaitForExitAsync();
        Assert.Equal((DecantTool.Interrupted, "", ""), (process.ExitCode, output, error));
    }

    private static Process Start(params string[] args) => Process.Start(new ProcessStartInfo("dotnet", [Path.Combine(AppContext.BaseDirectory, "decant.dll"), .. args])
    {
        RedirectStandardInput = true,
        RedirectStandardOutput = true,
        RedirectStandardError = true,
    })!;
}
