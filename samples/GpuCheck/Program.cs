using System.Text.Json;
using Decant.Samples.GpuCheck;

try
{
    var arguments = Arguments.Parse(args);
    if (arguments.Help)
    {
        Console.WriteLine(Arguments.Usage);
        return 0;
    }

    // Progress goes to the error stream, so that the standard output is JSON and nothing else.
    var report = await Check.RunAsync(arguments, Console.Error.WriteLine);
    Console.WriteLine(JsonSerializer.Serialize(report, Check.Json));
    return report.Correct.Passed ? 0 : 1;
}
catch (Exception exception) when (exception is ArgumentException or NotSupportedException or DllNotFoundException or IOException or InsufficientMemoryException)
{
    Console.Error.WriteLine(exception.Message);
    return 2;
}
