using Decant.Connectors.Engines;

namespace Decant.Connectors.Torch.Forward;

/// <summary>The rows of one pass through the model: as much of a batch as fits, trees whole, parts of equal size side by side.</summary>
internal sealed class ChunkPlan
{
    private ChunkPlan(IReadOnlyList<RowGroup> groups)
    {
        Groups = groups;
        Parts = [.. groups.SelectMany(group => group.Parts)];
        RowCount = groups.Sum(group => group.RowCount);
    }

    public IReadOnlyList<RowGroup> Groups { get; }

    /// <summary>All parts, in the order of their rows.</summary>
    public IReadOnlyList<RowPart> Parts { get; }

    public int RowCount { get; }

    /// <summary>Cuts a batch into passes of at most <paramref name="most"/> rows, or one tree.</summary>
    public static IEnumerable<ChunkPlan> Cut(IReadOnlyList<ForwardRequest> requests, int hiddenSize, int most)
    {
        var parts = new List<RowPart>();
        var rows = 0;
        foreach (TorchRequest request in requests)
        {
            var total = request.Rows(hiddenSize);
            for (var start = 0; start < total;)
            {
                if (rows > 0 && (rows == most || (request.IsTree && rows + total > most)))
                {
                    yield return Arrange(parts);
                    parts.Clear();
                    rows = 0;
                }

                var count = request.IsTree ? total : Math.Min(total - start, most - rows);
                parts.Add(new RowPart(request, start, count));
                start += count;
                rows += count;
            }
        }

        yield return Arrange(parts);
    }

    private static ChunkPlan Arrange(List<RowPart> parts)
    {
        var groups = new List<RowGroup>();
        var row = 0;
        foreach (var equal in parts.GroupBy(part => (part.Count, part.Request.IsTree)))
        {
            groups.Add(new RowGroup([.. equal], row));
            row += groups[^1].RowCount;
        }

        return new ChunkPlan(groups);
    }
}
