namespace Decant.Decoding;

/// <summary>A model that drafts a tree with a set number of children for the nodes of each level, drawn without replacement: RSD-C.</summary>
/// <remarks>One draw after the other from what is left has the law of the largest of ln q + Gumbel noise, in descending order.</remarks>
/// <param name="setup">The call.</param>
/// <param name="name">The drafter's name.</param>
/// <param name="branching">Children per node, by level.</param>
internal sealed class BranchingRun(DraftSetup setup, string name, ValueList<int> branching) : ModelTreeRun(setup, name)
{
    protected override int MaxDepth => branching.Count;

    protected override void Grow(int depth)
    {
        foreach (var parent in Level)
        {
            parent.Left.Load(parent.Proposal);
            for (var i = 0; i < branching[depth - 1] && Room > 0 && parent.Left.Sum > 0; i++) Add(parent, DrawLeft(parent, i == 0));
        }
    }
}
