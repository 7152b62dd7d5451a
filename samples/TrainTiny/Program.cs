using Decant.Connectors.Training;
using Decant.Samples.TrainTiny;

try
{
    var arguments = Arguments.Parse(args);
    if (arguments.Help) Console.WriteLine(Arguments.Usage);
    else if (arguments.Examples is { } count) Commands.ShowExamples(count);
    else if (arguments.Evaluate is { } folder) await Commands.EvaluateAsync(folder, arguments.Draft, arguments.Json);
    else if (arguments.Steps is { } steps) Commands.TrainBriefly(steps, arguments.Work);
    else await Commands.TrainAllAsync(arguments.Only, arguments.Work, arguments.Output);
    return 0;
}
catch (Exception exception) when (exception is ArgumentException or IOException or InvalidDataException or NotSupportedException
    or UnauthorizedAccessException or TrainingDivergedException or DllNotFoundException)
{
    Console.Error.WriteLine(exception.Message);
    Console.Error.WriteLine("--help lists the arguments.");
    return 2;
}
