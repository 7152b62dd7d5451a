using System.Numerics.Tensors;

namespace Decant.Decoding;

/// <summary>
/// Beginnings of texts, each with the probability c that the model goes on from there within the constraints, as far as is known: c = the mass that was allowed, less p · (1 − c) of every token that was
/// taken. 1 where nobody has been. Safe for concurrent use.
/// </summary>
internal sealed class AlignmentTree
{
    private readonly Lock _lock = new();
    private int _count = 1;

    public AlignmentNode Root { get; } = new(null, -1);

    /// <summary>The node behind a token, or null.</summary>
    public AlignmentNode? Find(AlignmentNode? node, int token)
    {
        lock (_lock) return node?.Child(token);
    }

    /// <summary>Multiplies candidates' probabilities with what is known behind them; false where nothing is left.</summary>
    public bool Weigh(AlignmentNode? node, TokenDistribution distribution)
    {
        if (node is null) return true;
        lock (_lock)
        {
            var probabilities = distribution.MutableProbabilities;
            var changes = false;
            foreach (var child in node.Children)
            {
                if (child.Acceptance >= 1 || distribution.IndexOf(child.Token) is not (>= 0 and var index)) continue;
                probabilities[index] *= (float)child.Acceptance;
                changes = true;
            }

            if (!changes) return true;
            var sum = TensorPrimitives.Sum<float>(probabilities);
            if (sum <= 0) return false;
            TensorPrimitives.Divide(probabilities, sum, probabilities);
            return true;
        }
    }

    /// <summary>Takes note of a row and of the token that was taken from it.</summary>
    /// <param name="node">Where.</param>
    /// <param name="allowed">The probability of all that constraints allow there.</param>
    /// <param name="token">The token.</param>
    /// <param name="probability">Its probability before constraints.</param>
    /// <param name="maxNodes">Most nodes of the tree.</param>
    /// <returns>The node behind the token; null where the tree is full.</returns>
    public AlignmentNode? Learn(AlignmentNode node, double allowed, int token, double probability, int maxNodes)
    {
        lock (_lock)
        {
            var child = node.Child(token);
            if (child is null && _count < maxNodes)
            {
                child = new AlignmentNode(node, token) { Probability = probability };
                node.Children.Add(child);
                _count++;
            }

            node.Allowed = allowed;
            Update(node);
            return child;
        }
    }

    /// <summary>Takes note that nothing can follow a node.</summary>
    public void LearnDeadEnd(AlignmentNode node)
    {
        lock (_lock)
        {
            node.Allowed = 0;
            Update(node);
        }
    }

    private static void Update(AlignmentNode? node)
    {
        for (; node is not null; node = node.Parent)
        {
            var acceptance = node.Allowed;
            foreach (var child in node.Children) acceptance -= child.Probability * (1 - child.Acceptance);
            acceptance = Math.Max(0, acceptance);
            if (acceptance == node.Acceptance) return;
            node.Acceptance = acceptance;
        }
    }
}

/// <summary>A beginning of texts.</summary>
internal sealed class AlignmentNode(AlignmentNode? parent, int token)
{
    public AlignmentNode? Parent => parent;

    /// <summary>Its last token.</summary>
    public int Token => token;

    /// <summary>The tokens that were taken behind it.</summary>
    public List<AlignmentNode> Children { get; } = [];

    /// <summary>Its token's probability, before constraints, behind its parent.</summary>
    public double Probability { get; init; }

    /// <summary>The probability of all that constraints allow behind it.</summary>
    public double Allowed { get; set; } = 1;

    /// <summary>The probability that the model goes on within the constraints, as far as is known.</summary>
    public double Acceptance { get; set; } = 1;

    public AlignmentNode? Child(int token)
    {
        foreach (var child in Children)
        {
            if (child.Token == token) return child;
        }

        return null;
    }
}
