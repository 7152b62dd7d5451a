using System.CommandLine;
using System.Globalization;
using System.Runtime.InteropServices;
using Decant.Connectors.Cpu;
using Decant.Decoding;
using Microsoft.Extensions.AI;

namespace Decant.Tool;

/// <summary><c>decant bench</c>: how fast a model answers on this machine.</summary>
internal sealed class BenchCommand : ToolCommand
{
    private readonly ModelOptions _model = new();
    private readonly Option<int> _prompt = new("--prompt-tokens") { Description = "Length of the prompt whose reading is timed. Default: 256", HelpName = "N", DefaultValueFactory = _ => 256 };
    private readonly Option<int> _tokens = new("--tokens") { Description = "Tokens of each answer. Default: 64", HelpName = "N", DefaultValueFactory = _ => 64 };
    private readonly Option<int[]> _streams = new("--streams") { Description = "How many calls at once. Default: 1 4 16", HelpName = "N", DefaultValueFactory = _ => [1, 4, 16], AllowMultipleArgumentsPerToken = true };
    private readonly Option<int> _repeats = new("--repeats") { Description = "How often each is measured. Default: 3", HelpName = "N", DefaultValueFactory = _ => 3 };
    private readonly Option<bool> _json = ToolJson.Option();

    public BenchCommand(ToolConsole console)
        : base("bench", "Measure how fast a model answers on this machine: alone and with several callers at once.")
    {
        _model.AddTo(this);
        foreach (var option in (Option[])[_prompt, _tokens, _streams, _repeats, _json]) Add(option);
        _prompt.Require(value => value >= 1, "1 or more");
        _tokens.Require(value => value >= 2, "2 or more (the first one's time is the prompt's)");
        _repeats.Require(value => value >= 1, "1 or more");
        _streams.Require(values => values!.All(value => value is >= 1 and <= 1024), "numbers from 1 to 1024");
        SetAction((parsed, cancellationToken) => RunAsync(parsed, console, cancellationToken));
    }

    public override string Examples => """
        decant bench
        decant bench --model FOLDER --weights int8
        decant bench --draft decant-tiny-draft
        decant bench --model FOLDER --streams 1 8 32 --json > bench.json
        """;

    private async Task<int> RunAsync(ParseResult parsed, ToolConsole console, CancellationToken cancellationToken)
    {
        // Nothing is to be found read already.
        using var client = await _model.LoadAsync(parsed, console, options => options with { PrefixCacheSequences = 0, PrefixCacheTokens = 0 }, cancellationToken);
        var test = new SpeedTest(client, parsed.GetValue(_prompt), parsed.GetValue(_tokens));
        IReadOnlyList<Figure> figures;
        using (var progress = new ProgressBar("Measuring", console)) figures = await test.RunAsync(parsed.GetValue(_streams)!, parsed.GetValue(_repeats), progress, cancellationToken);

        var model = client.GetService<ICausalModel>()!;
        var result = new
        {
            Model = model.Info.Name,
            Engine = model is CpuModel ? "cpu" : "torch",
            Weights = _model.Weights(parsed),
            Processors = Environment.ProcessorCount,
            System = $"{RuntimeInformation.OSDescription}, {RuntimeInformation.FrameworkDescription}",
            PromptTokens = test.PromptTokens,
            OutputTokens = test.OutputTokens,
            Repeats = parsed.GetValue(_repeats),
            Figures = figures,
        };
        if (parsed.GetValue(_json))
        {
            console.Output.WriteLine(ToolJson.Write(result));
            return DecantTool.Success;
        }

        console.Output.WriteLine($"{result.Model}, weights {result.Weights}, {result.Engine} engine, {result.Processors} processors, {result.System}");
        console.Output.WriteLine($"prompt {result.PromptTokens} tokens, answers {result.OutputTokens} tokens, greedy, median of {result.Repeats.ToString(CultureInfo.InvariantCulture)}");
        console.Output.WriteLine();
        var table = new Table("measured ", "median", "lowest", "highest", "unit ");
        foreach (var figure in figures) table.Add(figure.Name, Amount.Number(figure.Median), Amount.Number(figure.Lowest), Amount.Number(figure.Highest), figure.Unit);
        table.Write(console, (_, column, cell) => column == 1 ? console.Bold(cell) : cell);
        return DecantTool.Success;
    }
}
