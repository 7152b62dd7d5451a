namespace Decant.Tool;

/// <summary>An inspection for people.</summary>
internal static class InspectionReport
{
    public static void Write(ModelInspection inspection, ToolConsole console)
    {
        console.Output.WriteLine(console.Bold(inspection.Folder));
        foreach (var (name, value) in Lines(inspection)) console.Output.WriteLine($"  {console.Dim(name.PadRight(14))}{value}");
        if (inspection.Memory is { } memory) Write(memory, inspection.Shape!.Context, console);
        console.Output.WriteLine();
        foreach (var problem in inspection.Problems) console.Output.WriteLine($"{(problem.IsFatal ? console.Red("error") : console.Yellow("warning"))}: {problem.Message}");
        console.Output.WriteLine(inspection.Loads ? console.Green("It can be loaded.") : console.Red("It cannot be loaded."));
    }

    private static IEnumerable<(string Name, string Value)> Lines(ModelInspection inspection)
    {
        if (inspection.Shape is { } shape)
        {
            yield return ("family", shape.Family);
            yield return ("parameters", Amount.Large(shape.Parameters));
            yield return ("layers", $"{shape.Layers} of width {Amount.Count(shape.Hidden)}, {shape.Heads} heads, {shape.KeyValueHeads} of keys and values");
            yield return ("vocabulary", $"{Amount.Count(shape.Vocabulary)} tokens{(shape.TiedEmbeddings ? ", embeddings tied" : "")}");
            yield return ("context", $"{Amount.Count(shape.Context)} tokens{(shape.SlidingWindow is { } window ? $", sliding window of {Amount.Count(window)}" : "")}");
        }

        if (inspection.Tokenizer is { } tokenizer) yield return ("tokenizer", $"{tokenizer.Kind}, {Amount.Count(tokenizer.Tokens)} tokens, a turn ends with {string.Join(' ', tokenizer.EndOfTurn)}");
        if (inspection.ChatTemplate is { } template)
        {
            yield return ("chat template", $"system messages {(template.System ? "yes" : "no")}, tools {(template.Tools ? "its own format" : "explained in the prompt")}, "
                + $"thinking {template.Thinking ?? "no"}, documents {(template.Documents ? "yes" : "explained in the prompt")}");
        }

        if (inspection.Files.Count > 0) yield return ("files", $"{inspection.Files.Count}, {Amount.Bytes(inspection.Files.Sum(file => file.Bytes))}{(inspection.ElementType is { } type ? $", weights {type}" : "")}");
    }

    private static void Write(MemoryNeeds memory, int context, ToolConsole console)
    {
        console.Output.WriteLine();
        console.Output.WriteLine($"This machine has {Amount.Bytes(memory.MachineBytes)}{(memory.AvailableBytes is { } available ? $", {Amount.Bytes(available)} free now" : "")}; a token of context takes {Amount.Bytes(memory.KvBytesPerToken)}.");
        var table = new Table("  weights ", "memory", "fits ");
        foreach (var format in memory.Formats)
        {
            var fits = format.ContextTokens == 0 ? "no" : format.ContextTokens < context ? $"with {Amount.Count(format.ContextTokens)} tokens of context" : "with the whole context";
            table.Add($"  {format.Format}", Amount.Bytes(format.WeightBytes), fits);
        }

        table.Write(console, (row, column, cell) => column < 2 ? cell : memory.Formats[row].ContextTokens == 0 ? console.Red(cell) : memory.Formats[row].ContextTokens < context ? console.Yellow(cell) : console.Green(cell));
    }
}
