using System.Text.Json;
using Decant.Samples.TrainTiny.Training;

namespace Decant.Samples.TrainTiny.Evaluation;

/// <summary>Figures for people and for programs.</summary>
internal static class Report
{
    /// <summary>A table for the terminal.</summary>
    public static void Print(string model, IReadOnlyList<Figure> figures)
    {
        Console.WriteLine(model);
        foreach (var figure in figures)
            Console.WriteLine($"  {figure.Name,-62} {figure.ValueText,8}  n = {figure.Count,-5} {figure.TargetText,-12} {Verdict(figure)}");
    }

    /// <summary>A table in Markdown.</summary>
    public static string Markdown(IReadOnlyList<Figure> figures) => string.Join('\n',
        ["| figure | measured | n | target |", "|---|---|---|---|", .. figures.Select(figure => $"| {figure.Name} | {figure.ValueText} | {figure.Count} | {figure.TargetText}{(figure.IsMet == false ? " (missed)" : "")} |")]);

    /// <summary>All models' figures as JSON.</summary>
    public static void Write(string path, IReadOnlyDictionary<string, List<Figure>> figures) => File.WriteAllText(path, JsonSerializer.Serialize(figures, JsonFile.Indented));

    private static string Verdict(Figure figure) => figure.IsMet switch { true => "met", false => "MISSED", null => "" };
}
