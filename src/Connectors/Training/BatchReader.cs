namespace Decant.Connectors.Training;

/// <summary>Reads examples as the batches of one step after the other, starting over when they end.</summary>
internal sealed class BatchReader(IEnumerable<TrainingExample> examples, TrainerOptions options, int vocabularySize) : IDisposable
{
    private IEnumerator<PackedRow>? _rows;

    /// <summary>Passes over <paramref name="steps"/> steps.</summary>
    public void Skip(int steps)
    {
        for (var row = 0L; row < (long)steps * options.Accumulation * options.BatchRows; row++) NextRow();
    }

    /// <summary>The batches whose gradients make one update.</summary>
    public IReadOnlyList<TrainingBatch> Next()
    {
        var batches = new TrainingBatch[options.Accumulation];
        for (var i = 0; i < batches.Length; i++)
            batches[i] = new TrainingBatch([.. Enumerable.Range(0, options.BatchRows).Select(_ => NextRow())], vocabularySize);
        return batches;
    }

    public void Dispose() => _rows?.Dispose();

    private PackedRow NextRow()
    {
        if (_rows?.MoveNext() == true) return _rows.Current;
        _rows?.Dispose();
        _rows = SequencePacker.Pack(examples, options.RowLength + 1).GetEnumerator();
        return _rows.MoveNext() ? _rows.Current : throw new ArgumentException("There are no examples to learn from.", nameof(examples));
    }
}
