using System.CommandLine;
using System.CommandLine.Help;
using System.CommandLine.Invocation;
using System.CommandLine.Parsing;
using Decant.Connectors.Prompting;
using Decant.Decoding;
using Microsoft.Extensions.Options;

namespace Decant.Tool;

/// <summary>The command line: parses it, runs its command, and tells errors in one line.</summary>
internal static class DecantTool
{
    /// <summary>All went well.</summary>
    public const int Success = 0;

    /// <summary>What was asked for failed.</summary>
    public const int Failure = 1;

    /// <summary>The command line was not understood.</summary>
    public const int WrongUsage = 2;

    /// <summary>Ctrl+C, as shells number it.</summary>
    public const int Interrupted = 130;

    public static async Task<int> RunAsync(string[] args, ToolConsole console)
    {
        var root = Create(console);
        var parsed = root.Parse(args);
        if (parsed.Action is ParseErrorAction)
        {
            // Of several faults of one symbol, the last one is the particular one.
            foreach (var faults in parsed.Errors.GroupBy(error => error.SymbolResult)) console.WriteError(faults.Last().Message);
            console.Error.WriteLine($"{PathOf(parsed.CommandResult)} --help tells how it is used.");
            return WrongUsage;
        }

        try
        {
            // Ctrl+C is the console's affair: in a chat it ends an answer, not the program.
            var configuration = new InvocationConfiguration { Output = console.Output, Error = console.Error, EnableDefaultExceptionHandler = false, ProcessTerminationTimeout = null };
            return await parsed.InvokeAsync(configuration, console.Interruption.Token);
        }
        catch (OperationCanceledException)
        {
            return Interrupted;
        }
        catch (Exception exception) when (IsExpected(exception))
        {
            console.WriteError(exception.Message);
            return Failure;
        }
    }

    /// <summary>Whether an exception is the world's fault or the user's, so that its message says all there is to know.</summary>
    public static bool IsExpected(Exception exception) => exception is IOException or InvalidDataException or NotSupportedException or ArgumentException or UnauthorizedAccessException
        or InvalidOperationException or OptionsValidationException or ChatTemplateException or DllNotFoundException or InsufficientMemoryException or ContextOverflowException or InvalidLogitsException;

    private static RootCommand Create(ToolConsole console)
    {
        var root = new RootCommand("Chat with language models on this machine, serve them, measure them, look into them.")
        {
            new ChatCommand(console),
            new ServeCommand(console),
            new BenchCommand(console),
            new InspectCommand(console),
            new TraceCommand(console),
            new CorpusCommand(console),
        };
        foreach (var help in root.Options.OfType<HelpOption>()) help.Action = new ExamplesHelpAction((HelpAction)help.Action!);
        return root;
    }

    private static string PathOf(CommandResult result)
        => result.Parent is CommandResult parent ? $"{PathOf(parent)} {result.Command.Name}" : "decant";
}
