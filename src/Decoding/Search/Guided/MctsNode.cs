namespace Decant.Decoding;

/// <summary>A beginning in a tree of beginnings. Knows how often it was visited and what came of it, not how texts are written.</summary>
/// <param name="parent">The beginning without its last token; null for the empty one.</param>
/// <param name="candidate">Which of the candidates behind that.</param>
/// <param name="prior">The probability of its last token among the candidates.</param>
internal sealed class MctsNode(MctsNode? parent, int candidate, double prior)
{
    private MctsNode[] _children = [];
    private double _best = double.NegativeInfinity;
    private double _sum;
    private int _visits;
    private int _valued;

    public MctsNode? Parent => parent;

    public int Candidate => candidate;

    /// <summary>Number of tokens.</summary>
    public int Length { get; } = parent is null ? 0 : parent.Length + 1;

    /// <summary>The text that begins so; set when the node is first visited.</summary>
    public Rollout Rollout { get; set; } = null!;

    /// <summary>Whether everything behind it is known.</summary>
    public bool IsClosed { get; private set; }

    /// <summary>Goes down from here, each time to the open child of the largest Q + β P √(ln N) / (1 + N of the child), to a node that was not visited before.</summary>
    public MctsNode Select(MctsOptions options)
    {
        var node = this;
        while (node._children.Length > 0)
        {
            var exploration = (Math.Log((node._visits + options.CBase + 1) / options.CBase) + options.C) * Math.Sqrt(Math.Log(node._visits));
            node = node._children.Where(child => !child.IsClosed).MaxBy(child => child.Value(options.Backup) + (exploration * child.Prior / (1 + child._visits)))!;
        }

        return node;
    }

    /// <summary>Puts a child behind it for each of the likeliest candidates; a node without any is closed.</summary>
    public void Expand()
    {
        if (Rollout.Length == Length)
        {
            IsClosed = true;
            return;
        }

        var choice = Rollout.Choice(Length);
        var sum = choice.LogProbabilities.Sum(Math.Exp);
        _children = [.. choice.LogProbabilities.Select((logProbability, index) => new MctsNode(this, index, Math.Exp(logProbability) / sum))];
    }

    /// <summary>Tells it and all above it what came of a visit, and closes those whose children all are.</summary>
    /// <param name="reward">The text's reward; −∞ where there is none.</param>
    public void Visit(double reward)
    {
        for (var node = this; node is not null; node = node.Parent)
        {
            node._visits++;
            node._best = Math.Max(node._best, reward);
            if (double.IsFinite(reward)) (node._sum, node._valued) = (node._sum + reward, node._valued + 1);
            if (node._children.Length > 0) node.IsClosed = Array.TrueForAll(node._children, child => child.IsClosed);
        }
    }

    private double Prior => prior;

    private double Value(MctsBackup backup) => _visits == 0 ? 0 : backup == MctsBackup.Max || _valued == 0 ? _best : _sum / _valued;
}
