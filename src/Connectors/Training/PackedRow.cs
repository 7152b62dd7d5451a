namespace Decant.Connectors.Training;

/// <summary>One row of a training batch: token ids, and which of them are learned. What no example fills is 0 and not learned.</summary>
internal sealed class PackedRow(int length)
{
    public long[] Ids { get; } = new long[length];

    public bool[] Learn { get; } = new bool[length];

    /// <summary>Tokens so far.</summary>
    public int Count { get; private set; }

    public void Add(in TrainingExample example, int start, int count)
    {
        for (var i = 0; i < count; i++)
        {
            Ids[Count] = example.Ids[start + i];
            // The first token of an example has only another example before it: there is nothing to predict it from.
            Learn[Count] = example.Learn[start + i] && start + i > 0;
            Count++;
        }
    }
}
