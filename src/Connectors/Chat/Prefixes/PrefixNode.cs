using Decant.Decoding;

namespace Decant.Connectors.Chat;

/// <summary>A run of tokens in a tree of prefixes. A leaf holds the sequence that has read all tokens from the root to its end; what is above needs none of its own.</summary>
internal sealed class PrefixNode(int[] tokens, PrefixNode? parent)
{
    /// <summary>The tokens from the parent's end on; empty for a root.</summary>
    public int[] Tokens { get; private set; } = tokens;

    public PrefixNode? Parent { get; private set; } = parent;

    public List<PrefixNode> Children { get; } = [];

    /// <summary>Tokens from the root to this node's end.</summary>
    public int End { get; private set; } = (parent?.End ?? 0) + tokens.Length;

    /// <summary>What has read them; null above leaves.</summary>
    public ISequence? Sequence { get; set; }

    /// <summary>When it, or what is below, was last of use.</summary>
    public long Used { get; private set; }

    /// <summary>The child that begins with a token, or null.</summary>
    public PrefixNode? Child(int token) => Children.Find(child => child.Tokens[0] == token);

    /// <summary>The leaf below, or this, that was used last.</summary>
    public PrefixNode LatestLeaf()
    {
        var node = this;
        while (node.Children.Count > 0) node = node.Children.MaxBy(child => child.Used)!;
        return node;
    }

    /// <summary>It is of use now.</summary>
    public void Touch(long now)
    {
        for (var node = this; node is not null; node = node.Parent) node.Used = now;
    }

    /// <summary>Puts a new node between the parent and this one, which keeps the tokens behind the first <paramref name="length"/>.</summary>
    public PrefixNode Split(int length)
    {
        var upper = new PrefixNode(Tokens[..length], Parent) { Used = Used };
        Parent!.Children[Parent.Children.IndexOf(this)] = upper;
        upper.Children.Add(this);
        (Tokens, Parent) = (Tokens[length..], upper);
        return upper;
    }
}
