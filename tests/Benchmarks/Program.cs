using Decant.Benchmarks;
using Decant.Benchmarks.Mask;
using Decant.Benchmarks.Search;
using Decant.Benchmarks.Speculate;

Func<string[], Task>? benchmark = args.FirstOrDefault() switch
{
    "engine" => rest => EngineBenchmark.RunAsync(EngineArguments.Parse(rest)),
    "batch" => rest => BatchBenchmark.RunAsync(EngineArguments.Parse(rest)),
    "contrast" => rest => ContrastBenchmark.RunAsync(EngineArguments.Parse(rest)),
    "pipeline" => PipelineBenchmark.RunAsync,
    "mask" => MaskBenchmark.RunAsync,
    "grounded" => GroundedBenchmark.RunAsync,
    "speculate" => SpeculateBenchmark.RunAsync,
    "search" => SearchBenchmark.RunAsync,
    _ => null,
};
if (benchmark is null)
{
    Console.Error.WriteLine("""
        usage: dotnet run -c Release --project tests/Benchmarks -- engine|batch|contrast --shape stories15m|smollm2-135m|tinyllama-1b
               --weights f32|bf16|int8 [--group 0|32|64|128|256] [--threads N] [--json FILE]
               dotnet run -c Release --project tests/Benchmarks -- pipeline|grounded [--json FILE]
               dotnet run -c Release --project tests/Benchmarks -- mask [--data FOLDER] [--json FILE]
               dotnet run -c Release --project tests/Benchmarks -- speculate [--target FOLDER --draft FOLDER] [--part drafters|comparisons|calls|larger] [--json FILE]
               dotnet run -c Release --project tests/Benchmarks -- search [--data FOLDER] [--part adherence|calibration|ranking|beam] [--count N] [--json FILE]
        """);
    return 2;
}

try
{
    await benchmark(args[1..]);
    return 0;
}
catch (ArgumentException exception)
{
    Console.Error.WriteLine(exception.Message);
    return 2;
}
catch (Exception exception) when (exception is IOException or UnauthorizedAccessException or InvalidDataException or InvalidOperationException)
{
    Console.Error.WriteLine(exception.Message);
    return 1;
}
