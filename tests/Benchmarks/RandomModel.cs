using System.Diagnostics;
using Decant.Connectors.Cpu;

namespace Decant.Benchmarks;

/// <summary>A model of a named shape with random weights on the CPU engine: as fast as a trained one.</summary>
internal static class RandomModel
{
    /// <summary>Writes and loads the model, says what it is, measures and saves the report.</summary>
    public static async Task MeasureAsync(EngineArguments arguments, Func<CpuModel, int, Report, Task> measure)
    {
        var folder = Directory.CreateTempSubdirectory("decant-bench-").FullName;
        try
        {
            Console.WriteLine($"{arguments.Shape.Name}, {arguments.Weights}: writing random weights …");
            arguments.Shape.Write(folder);
            var watch = Stopwatch.StartNew();
            using var model = CpuModel.Load(folder, new CpuModelOptions { Weights = arguments.Weights, Threads = arguments.Threads, Int8GroupSize = arguments.Group });
            var report = new Report();
            var threads = arguments.Threads == 0 ? Environment.ProcessorCount : arguments.Threads;
            report.Add("shape", arguments.Shape.Name);
            report.Add("weights", arguments.Weights.ToString());
            report.Add("threads", threads);
            report.Add("load_seconds", Math.Round(watch.Elapsed.TotalSeconds, 1));
            report.Add("weight_mib", Math.Round(model.WeightBytes / 1048576.0, 1));
            await measure(model, threads, report);
            await report.SaveAsync(arguments.Json);
        }
        finally
        {
            Directory.Delete(folder, recursive: true);
        }
    }
}
