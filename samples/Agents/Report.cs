namespace Decant.Samples.Agents;

/// <summary>A step for people.</summary>
internal static class Report
{
    public static string Text(StepResult result)
    {
        var how = $"{result.Name,-8} {result.Strategy}{(result.Forwards is { } forwards ? $", {forwards} forwards" : "")}";
        return $"{Terminal.Dim(how)}{Environment.NewLine}  {(result.Succeeded ? Terminal.Prompt(result.Text) : Terminal.Error(result.Text))}";
    }
}
