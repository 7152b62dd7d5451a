using Decant.Tool;

namespace Decant.Tests.Tool;

/// <summary>Runs a command line in this process.</summary>
/// <param name="Code">Its exit code.</param>
/// <param name="Output">What it wrote.</param>
/// <param name="Error">What it complained.</param>
internal sealed record ToolRun(int Code, string Output, string Error)
{
    public static Task<ToolRun> Async(params string[] args) => WithInputAsync("", args);

    public static async Task<ToolRun> WithInputAsync(string input, params string[] args)
    {
        var (output, error) = (new StringWriter(), new StringWriter());
        using var console = new ToolConsole(new StringReader(input), output, error);
        return new ToolRun(await DecantTool.RunAsync(args, console), output.ToString(), error.ToString());
    }
}
