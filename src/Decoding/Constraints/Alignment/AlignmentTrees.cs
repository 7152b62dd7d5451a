using System.Collections.Concurrent;

namespace Decant.Decoding;

/// <summary>The trees of prompts and options; where there are more than a few, all are forgotten. Safe for concurrent use.</summary>
internal sealed class AlignmentTrees
{
    private const int MaxTrees = 64;
    private readonly ConcurrentDictionary<(DecodingOptions Options, ValueList<int> Prompt), AlignmentTree> _trees = new();

    public AlignmentTree Of(DecodingOptions options, ValueList<int> prompt)
    {
        if (_trees.Count >= MaxTrees && !_trees.ContainsKey((options, prompt))) _trees.Clear();
        return _trees.GetOrAdd((options, prompt), static _ => new AlignmentTree());
    }
}
