using System.Globalization;
using Decant.Decoding;

namespace Decant.Tool;

/// <summary>A trace as a table: a line for every token, coloured by where it came from.</summary>
internal static class TraceTable
{
    private const int SourceColumn = 1;

    public static void Write(DecodingTrace trace, ToolConsole console)
    {
        console.Output.WriteLine(console.Bold($"{trace.Model}: {trace.Tokens.Count} tokens behind a prompt of {trace.PromptLength}, seed {trace.Seed}, {trace.TargetForwards + trace.BranchForwards} forwards, ended by {trace.Finish?.ToString() ?? "the caller"}"));
        console.Output.WriteLine(console.Dim(trace.Options.ToString()));
        var table = new Table("position ", "source ", "token ", "model alone", "all stages", "drawn from", "forbidden", "weight", "divergence", "score", "forward µs");
        foreach (var token in trace.Tokens)
        {
            table.Add(
                token.Position.ToString(CultureInfo.InvariantCulture), token.Drafter ?? token.Model ?? token.Source.ToString().ToLowerInvariant(), Shown(token),
                Probability(token, LogprobStage.Raw), Probability(token, LogprobStage.Processed), Probability(token, LogprobStage.Drawn),
                token.MaskedMass > 0 ? Amount.Percent(token.MaskedMass) : "", Number(token.Weight), Number(token.Divergence), Number(token.Score), token.ForwardMicroseconds.ToString("0", CultureInfo.InvariantCulture));
        }

        table.Write(console, (row, column, cell) => column is SourceColumn or SourceColumn + 1 ? Paint(trace.Tokens[row], cell, console) : cell);
    }

    private static string Paint(TracedToken token, string cell, ToolConsole console) => token.Source switch
    {
        TokenSource.Draft => console.Green(cell),
        TokenSource.Forced => console.Yellow(cell),
        TokenSource.Search => console.Magenta(cell),
        _ => cell,
    };

    private static string Shown(TracedToken token) => token.Text is { } text ? $"\"{text.Replace("\n", "\\n", StringComparison.Ordinal)}\"" : $"#{token.Id}";

    private static string Probability(TracedToken token, LogprobStage stage) => Amount.Percent(Math.Exp(token.LogProbability(stage)));

    private static string Number(double? value) => value is { } number ? Amount.Number(number) : "";
}
