namespace Decant.Decoding;

/// <summary>What the rows of several prompts count in a text, from which of its positions on. A state's forks share it, so that whoever follows the text later reads the same rows.</summary>
internal sealed class PromptWeights
{
    private readonly List<(int Position, float[] Weights)> _changes;

    private PromptWeights(float[] weights) => _changes = [(0, weights)];

    /// <summary>All alike.</summary>
    public static PromptWeights Alike(int count) => new([.. Enumerable.Repeat(1f / count, count)]);

    /// <summary>One prompt alone.</summary>
    public static PromptWeights Only(int index, int count) => new([.. Enumerable.Range(0, count).Select(other => other == index ? 1f : 0f)]);

    /// <summary>The weights of a position.</summary>
    public ReadOnlySpan<float> At(int position)
    {
        var last = _changes.Count - 1;
        while (_changes[last].Position > position) last--;
        return _changes[last].Weights;
    }

    /// <summary>Changes them from a position on that is behind all before.</summary>
    public void Set(int position, float[] weights) => _changes.Add((position, weights));
}
