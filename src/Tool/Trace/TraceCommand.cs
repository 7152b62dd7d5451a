using System.CommandLine;
using Decant.Decoding;

namespace Decant.Tool;

/// <summary><c>decant trace</c>: shows saved traces.</summary>
internal sealed class TraceCommand : ToolCommand
{
    private readonly Argument<string[]> _files = new("FILE") { Description = "Traces as JSON; - reads the standard input", Arity = ArgumentArity.OneOrMore };
    private readonly Option<string> _output = new("--output", "-o") { Description = "Write a page that shows them, side by side", HelpName = "FILE.html" };

    public TraceCommand(ToolConsole console)
        : base("trace", "Show, token by token, what every stage of decoding did.")
    {
        Add(_files);
        Add(_output);
        _output.Require(path => Path.GetExtension(path) == ".html", "a file that ends in .html");
        SetAction((parsed, cancellationToken) => RunAsync(parsed, console, cancellationToken));
    }

    public override string Examples => """
        decant chat --prompt "Tell me a story about Savisha." --trace story.json
        decant trace story.json
        decant trace story.json other.json -o both.html
        """;

    private async Task<int> RunAsync(ParseResult parsed, ToolConsole console, CancellationToken cancellationToken)
    {
        var traces = new List<DecodingTrace>();
        foreach (var file in parsed.GetValue(_files)!)
        {
            var json = file == "-" ? await console.Input.ReadToEndAsync(cancellationToken) : await File.ReadAllTextAsync(file, cancellationToken);
            traces.AddRange(TraceFile.Read(file, json));
        }

        if (parsed.GetValue(_output) is { } output)
        {
            TraceFile.Write(output, traces);
            console.Output.WriteLine($"{output}: {traces.Count} traces");
            return DecantTool.Success;
        }

        foreach (var trace in traces) TraceTable.Write(trace, console);
        return DecantTool.Success;
    }
}
