namespace Decant.Tool;

/// <summary>Text in columns as wide as their widest cell: the first to the left, the others to the right unless their heading ends with a space.</summary>
internal sealed class Table(params string[] headings)
{
    private readonly List<string[]> _rows = [];

    public void Add(params string[] cells) => _rows.Add(cells);

    /// <summary>Writes it.</summary>
    /// <param name="console">Where to.</param>
    /// <param name="paint">Colours a padded cell, by row and column; null for none.</param>
    public void Write(ToolConsole console, Func<int, int, string, string>? paint = null)
    {
        var widths = headings.Select((heading, column) => Math.Max(heading.TrimEnd().Length, _rows.Count == 0 ? 0 : _rows.Max(row => row[column].Length))).ToArray();
        string Pad(string cell, int column) => column == 0 || headings[column].EndsWith(' ') ? cell.PadRight(widths[column]) : cell.PadLeft(widths[column]);
        console.Output.WriteLine(console.Dim(string.Join("  ", headings.Select((heading, column) => Pad(heading.TrimEnd(), column))).TrimEnd()));
        for (var row = 0; row < _rows.Count; row++)
        {
            var at = row;
            console.Output.WriteLine(string.Join("  ", _rows[row].Select((cell, column) => paint?.Invoke(at, column, Pad(cell, column)) ?? Pad(cell, column))).TrimEnd());
        }
    }
}
