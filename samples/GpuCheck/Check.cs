using System.Diagnostics;
using System.Text.Json;
using Decant.Connectors.Models;
using Decant.Connectors.Torch;

namespace Decant.Samples.GpuCheck;

/// <summary>The whole check.</summary>
internal static class Check
{
    public static JsonSerializerOptions Json { get; } = new() { WriteIndented = true, PropertyNamingPolicy = JsonNamingPolicy.SnakeCaseLower };

    /// <param name="arguments">The command line.</param>
    /// <param name="say">Told what is being done.</param>
    /// <exception cref="DllNotFoundException">There is no libtorch.</exception>
    /// <exception cref="NotSupportedException">The device is not there.</exception>
    public static async Task<Report> RunAsync(Arguments arguments, Action<string> say)
    {
        var libtorch = TorchBackend.Load();
        say("Comparing with the CPU engine …");
        var correct = await CorrectnessCheck.RunAsync(arguments);
        say($"  {(correct.Passed ? "passed" : "FAILED")}: {correct}");

        var bandwidth = CopyBandwidth.Measure(arguments.Device, arguments.Rounds);
        say($"Copies within {arguments.Device}: {bandwidth.Median} GB/s read and written.");
        var speeds = new List<Speed>();
        foreach (var shape in arguments.Shapes) speeds.Add(await MeasureAsync(shape, arguments, bandwidth, say));
        return new Report(DateTime.UtcNow, arguments.Device, Hardware(), libtorch, bandwidth, correct, speeds);
    }

    private static async Task<Speed> MeasureAsync(Shape shape, Arguments arguments, Spread bandwidth, Action<string> say)
    {
        say($"{shape.Name}: writing random weights …");
        var folder = shape.Write(arguments.Folder, ElementType.BF16);
        try
        {
            say($"{shape.Name}: loading …");
            var watch = Stopwatch.StartNew();
            using var model = TorchModel.Load(folder, new TorchModelOptions { Devices = [arguments.Device], Weights = arguments.Weights });
            var loadSeconds = watch.Elapsed.TotalSeconds;
            say($"{shape.Name}: measuring …");
            return await new SpeedCheck(model, arguments.Rounds).RunAsync(shape.Name, arguments.Weights.ToString(), loadSeconds, bandwidth.Median);
        }
        finally
        {
            Directory.Delete(folder, recursive: true);
        }
    }

    private static string Hardware()
    {
        if (!TorchBackend.HasCudaDriver) return $"{Environment.ProcessorCount} processors, no CUDA driver";
        try
        {
            var start = new ProcessStartInfo("nvidia-smi", "--query-gpu=name,driver_version,memory.total --format=csv,noheader") { RedirectStandardOutput = true };
            using var process = Process.Start(start)!;
            return process.StandardOutput.ReadToEnd().Trim();
        }
        catch (System.ComponentModel.Win32Exception)
        {
            return "CUDA driver, nvidia-smi not found";
        }
    }
}
