namespace Decant.Samples.Rag;

/// <summary>Reads a folder of plain text and Markdown files into passages: paragraphs that empty lines part. Headings name what follows them.</summary>
internal static class PassageFolder
{
    private static readonly string[] _extensions = [".txt", ".md"];

    /// <exception cref="DirectoryNotFoundException">There is no such folder.</exception>
    /// <exception cref="InvalidDataException">It has no passages.</exception>
    public static List<Passage> Load(string folder)
    {
        if (!Directory.Exists(folder)) throw new DirectoryNotFoundException($"There is no folder {folder}. Name one that holds .txt or .md files: --folder FOLDER.");
        var files = Directory.EnumerateFiles(folder, "*", SearchOption.AllDirectories)
            .Where(file => _extensions.Contains(Path.GetExtension(file), StringComparer.OrdinalIgnoreCase)).Order(StringComparer.Ordinal);
        var passages = files.SelectMany(file => Read(Path.GetRelativePath(folder, file), File.ReadAllText(file))).ToList();
        return passages.Count > 0 ? passages : throw new InvalidDataException($"{folder} has no text in .txt or .md files. Put what the answers are to come from there, with empty lines between passages.");
    }

    /// <summary>The passages of one file.</summary>
    public static IEnumerable<Passage> Read(string name, string text)
    {
        var heading = "";
        var lines = new List<string>();
        foreach (var line in text.Split('\n').Select(line => line.Trim()).Append(""))
        {
            var ends = line.Length == 0 || line[0] == '#';
            if (!ends) lines.Add(line);
            if (ends && lines.Count > 0)
            {
                yield return new Passage(heading.Length > 0 ? $"{name}, {heading}" : name, string.Join(' ', lines));
                lines.Clear();
            }

            if (line.StartsWith('#')) heading = line.TrimStart('#').Trim();
        }
    }
}
