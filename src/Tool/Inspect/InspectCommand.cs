using System.CommandLine;
using Decant.Connectors.Embedded;

namespace Decant.Tool;

/// <summary><c>decant inspect</c>: what a model folder is, what it needs, and what is wrong with it.</summary>
internal sealed class InspectCommand : ToolCommand
{
    private readonly Argument<string> _folder = new("FOLDER") { Description = "A model folder, or the name of an embedded model" };
    private readonly Option<bool> _json = ToolJson.Option();

    public InspectCommand(ToolConsole console)
        : base("inspect", "Tell what a model folder is, what it needs, whether it fits this machine and what is wrong with it. Exit code 1 if it cannot be loaded.")
    {
        Add(_folder);
        Add(_json);
        SetAction(parsed => Run(parsed, console));
    }

    public override string Examples => """
        decant inspect FOLDER
        decant inspect decant-tiny
        decant inspect FOLDER --json
        """;

    private int Run(ParseResult parsed, ToolConsole console)
    {
        var inspection = ModelInspector.Inspect(EmbeddedModels.Resolve(parsed.GetValue(_folder)));
        if (parsed.GetValue(_json)) console.Output.WriteLine(ToolJson.Write(inspection));
        else InspectionReport.Write(inspection, console);
        return inspection.Loads ? DecantTool.Success : DecantTool.Failure;
    }
}
