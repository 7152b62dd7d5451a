using Decant.Benchmarks;

if (args is not ["engine", .. var rest])
{
    Console.Error.WriteLine("""
        usage: dotnet run -c Release --project tests/Benchmarks -- engine --shape stories15m|smollm2-135m|tinyllama-1b
               --weights f32|bf16|int8 [--group 0|32|64|128|256] [--threads N] [--json FILE]
        """);
    return 2;
}

try
{
    await EngineBenchmark.RunAsync(EngineArguments.Parse(rest));
    return 0;
}
catch (ArgumentException exception)
{
    Console.Error.WriteLine(exception.Message);
    return 2;
}
