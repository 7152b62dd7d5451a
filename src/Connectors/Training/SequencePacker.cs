namespace Decant.Connectors.Training;

/// <summary>
/// Packs examples one behind the other into rows of one length. An example is never cut, unless it alone is longer than a row; what is left of a
/// row is padding that nothing is learned from. Examples of a row see those before them: they are short, and models learn at once to ignore that.
/// </summary>
internal static class SequencePacker
{
    /// <param name="examples">The examples, possibly without end.</param>
    /// <param name="length">Tokens per row.</param>
    public static IEnumerable<PackedRow> Pack(IEnumerable<TrainingExample> examples, int length)
    {
        var row = new PackedRow(length);
        foreach (var example in examples)
        {
            if (example.Ids.Count != example.Learn.Count)
                throw new ArgumentException($"An example has {example.Ids.Count} ids but {example.Learn.Count} entries in Learn. Give one per token.", nameof(examples));
            for (var start = 0; start < example.Ids.Count; start += length)
            {
                var count = Math.Min(length, example.Ids.Count - start);
                if (row.Count + count > length)
                {
                    yield return row;
                    row = new PackedRow(length);
                }

                row.Add(example, start, count);
            }
        }

        if (row.Count > 0) yield return row;
    }
}
