namespace Decant.Connectors.Training;

/// <summary>
/// Packs examples one behind the other into rows of one length. An example is never cut, unless it alone is longer than a row; what is left of a
/// row is padding that nothing is learned from. Examples of a row see those before them: they are short, and models learn at once to ignore that.
/// </summary>
internal static class SequencePacker
{
    // Each example goes to the fullest of these rows that has room. In order alone, a quarter of every row would be padding.
    private const int OpenRows = 32;

    /// <param name="examples">The examples, possibly without end. The same ones give the same rows; an example may come some rows later than its neighbours.</param>
    /// <param name="length">Tokens per row.</param>
    public static IEnumerable<PackedRow> Pack(IEnumerable<TrainingExample> examples, int length)
    {
        var open = new List<PackedRow>(OpenRows);
        foreach (var example in examples)
        {
            if (example.Ids.Count != example.Learn.Count)
                throw new ArgumentException($"An example has {example.Ids.Count} ids but {example.Learn.Count} entries in Learn. Give one per token.", nameof(examples));
            for (var start = 0; start < example.Ids.Count; start += length)
            {
                var count = Math.Min(length, example.Ids.Count - start);
                var row = Fullest(open, length - count);
                if (row is null)
                {
                    if (open.Count == OpenRows)
                    {
                        var full = Fullest(open, length)!;
                        open.Remove(full);
                        yield return full;
                    }

                    open.Add(row = new PackedRow(length));
                }

                row.Add(example, start, count);
                if (row.Count < length) continue;
                open.Remove(row);
                yield return row;
            }
        }

        foreach (var row in open) yield return row;
    }

    private static PackedRow? Fullest(List<PackedRow> rows, int most) => rows.Where(row => row.Count <= most).MaxBy(row => row.Count);
}
