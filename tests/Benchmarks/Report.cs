using System.Text.Json;

namespace Decant.Benchmarks;

/// <summary>Figures, printed as they come and written as JSON at the end.</summary>
internal sealed class Report
{
    private static readonly JsonSerializerOptions _json = new() { WriteIndented = true };
    private readonly Dictionary<string, object> _figures = [];

    /// <summary>The file that a command line without other arguments names, or null.</summary>
    public static string? FileOf(string[] args) => args switch
    {
        [] => null,
        ["--json", var file] => file,
        _ => throw new ArgumentException($"{string.Join(' ', args)} is not understood. Known: --json FILE."),
    };

    /// <summary>All of them, by name.</summary>
    public IReadOnlyDictionary<string, object> Figures => _figures;

    public void Add(string name, object value)
    {
        _figures[name] = value;
        Console.WriteLine($"  {name,-48}{value}");
    }

    /// <summary>Adds a figure's median and range over rounds.</summary>
    public void Add(string name, IEnumerable<double> rounds, int digits)
    {
        var ordered = rounds.Order().ToList();
        Add($"{name}_median", Math.Round(ordered[ordered.Count / 2], digits));
        Add($"{name}_range", string.Create(System.Globalization.CultureInfo.InvariantCulture, $"{Math.Round(ordered[0], digits)}-{Math.Round(ordered[^1], digits)}"));
    }

    public async Task SaveAsync(string? file)
    {
        if (file is not null) await File.WriteAllTextAsync(file, JsonSerializer.Serialize(_figures, _json));
    }
}
