using System.CommandLine;
using System.CommandLine.Help;
using System.CommandLine.Invocation;

namespace Decant.Tool;

/// <summary>Shows the usual help, and a command's examples behind it.</summary>
internal sealed class ExamplesHelpAction(HelpAction help) : SynchronousCommandLineAction
{
    public override bool ClearsParseErrors => true;

    public override int Invoke(ParseResult parseResult)
    {
        var result = help.Invoke(parseResult);
        if (parseResult.CommandResult.Command is not ToolCommand { Examples: var examples }) return result;
        var output = parseResult.InvocationConfiguration.Output;
        output.WriteLine("Examples:");
        foreach (var line in examples.Split('\n')) output.WriteLine($"  {line}");
        return result;
    }
}
