using System.Runtime.InteropServices;
using Decant.Connectors.Engines;
using Decant.Decoding;

namespace Decant.Connectors.Chat;

/// <summary>Keeps what requests have read, as a tree of their tokens, so that a prompt which begins like one of them need not be read again from its beginning.</summary>
/// <remarks>
/// Safe for concurrent use. Owns the sequences it holds; a rented one belongs to the request until it is returned. Where sequences fork, a beginning that several share is in memory once, and a
/// prompt can be used by others as soon as it was read.
/// </remarks>
internal sealed class PrefixCache : IKvCache, IDisposable
{
    // The engines' page: a fork that ends with one shares all its memory.
    private const int Page = 64;
    private readonly Lock _lock = new();
    private readonly ICausalModel _model;
    private readonly int _maxSequences;
    private readonly int _maxTokens;
    private readonly bool _canFork;

    // By the edits that were read with: rows read with others are another network's.
    private readonly Dictionary<ValueList<ResidualEdit>, PrefixNode> _roots = [];
    private readonly List<PrefixNode> _leaves = [];
    private int _tokens;
    private long _clock;
    private bool _disposed;

    /// <param name="model">The model whose sequences are kept.</param>
    /// <param name="maxSequences">Most sequences to keep; 0 keeps none.</param>
    /// <param name="maxTokens">Most tokens to keep in all of them together, those that several share counted once.</param>
    public PrefixCache(ICausalModel model, int maxSequences, int maxTokens)
    {
        (_model, _maxSequences, _maxTokens) = (model, maxSequences, maxTokens);
        _canFork = model.Info.Capabilities.HasFlag(ModelCapabilities.Fork);
        (model as IBatchingEngine)?.Memory.Add(this);
    }

    /// <summary>Tokens that are kept.</summary>
    public int Tokens
    {
        get
        {
            lock (_lock) return _tokens;
        }
    }

    /// <summary>A sequence that holds as long a beginning of <paramref name="prompt"/> as is cached, at most all but its last token.</summary>
    /// <param name="prompt">The prompt.</param>
    /// <param name="edits">The edits that it is read with. Null: none.</param>
    public ISequence Rent(ReadOnlySpan<int> prompt, ValueList<ResidualEdit>? edits = null)
    {
        lock (_lock)
        {
            ObjectDisposedException.ThrowIf(_disposed, this);
            var (node, shared) = Find(Root(edits), prompt[..^1]);
            if (shared == 0) return _model.OpenSequence();
            var leaf = node.LatestLeaf();
            leaf.Touch(++_clock);
            ISequence sequence;
            if (_canFork)
            {
                sequence = leaf.Sequence!.Fork();
            }
            else
            {
                sequence = leaf.Sequence!;
                Remove(leaf);
            }

            sequence.Truncate(shared);
            return sequence;
        }
    }

    /// <summary>Lets others use a prompt that has been read, while its request goes on. Whole pages of it only: the rest would have to be copied when the request writes behind it.</summary>
    public void Share(ISequence sequence, ReadOnlySpan<int> prompt, ValueList<ResidualEdit>? edits = null)
    {
        if (!_canFork || sequence.Length < prompt.Length) return;
        prompt = prompt[..(prompt.Length / Page * Page)];
        lock (_lock)
        {
            if (_disposed || _maxSequences == 0 || prompt.Length > _maxTokens || Find(Root(edits), prompt).Shared == prompt.Length) return;
            var fork = sequence.Fork();
            fork.Truncate(prompt.Length);
            Insert(fork, prompt, edits);
        }
    }

    /// <summary>Takes a sequence back, or disposes it where it is not worth keeping.</summary>
    /// <param name="sequence">A rented sequence.</param>
    /// <param name="tokens">The prompt and the answer; the sequence holds these or a beginning of them.</param>
    /// <param name="edits">The edits that they were read with; null: none.</param>
    public void Return(ISequence sequence, List<int> tokens, ValueList<ResidualEdit>? edits = null)
    {
        lock (_lock)
        {
            if (_disposed) sequence.Dispose();
            else Insert(sequence, CollectionsMarshal.AsSpan(tokens)[..sequence.Length], edits);
        }
    }

    /// <inheritdoc/>
    public bool TryEvict()
    {
        lock (_lock)
        {
            if (_leaves.Count == 0) return false;
            Evict();
            return true;
        }
    }

    public void Dispose()
    {
        lock (_lock)
        {
            _disposed = true;
            foreach (var leaf in _leaves) leaf.Sequence!.Dispose();
            _leaves.Clear();
            _roots.Clear();
            _tokens = 0;
        }

        (_model as IBatchingEngine)?.Memory.Remove(this);
    }

    private PrefixNode Root(ValueList<ResidualEdit>? edits)
    {
        var key = edits ?? [];
        if (!_roots.TryGetValue(key, out var root)) _roots[key] = root = new PrefixNode([], null);
        return root;
    }

    /// <summary>The node in or at whose end the longest known beginning ends, and that beginning's length.</summary>
    private static (PrefixNode Node, int Shared) Find(PrefixNode root, ReadOnlySpan<int> tokens)
    {
        var (node, shared) = (root, 0);
        while (shared < tokens.Length && node.Child(tokens[shared]) is { } child)
        {
            var common = tokens[shared..].CommonPrefixLength(child.Tokens);
            (node, shared) = (child, shared + common);
            if (common < child.Tokens.Length) break;
        }

        return (node, shared);
    }

    private void Insert(ISequence sequence, ReadOnlySpan<int> tokens, ValueList<ResidualEdit>? edits)
    {
        if (tokens.Length > _maxTokens)
        {
            sequence.Truncate(_maxTokens);
            tokens = tokens[.._maxTokens];
        }

        var (node, shared) = Find(Root(edits), tokens);
        if (shared == tokens.Length)
        {
            if (shared > 0) node.LatestLeaf().Touch(++_clock);
            sequence.Dispose();
            return;
        }

        if (shared < node.End) node = node.Split(node.Tokens.Length - (node.End - shared));
        if (node.Sequence is { } shorter)
        {
            shorter.Dispose();
            node.Sequence = null;
            _leaves.Remove(node);
        }

        var leaf = new PrefixNode(tokens[shared..].ToArray(), node) { Sequence = sequence };
        leaf.Touch(++_clock);
        node.Children.Add(leaf);
        _leaves.Add(leaf);
        _tokens += leaf.Tokens.Length;
        while (_leaves.Count > _maxSequences || _tokens > _maxTokens) Evict();
    }

    // From the end: what is left may be what others begin with.
    private void Evict()
    {
        var leaf = _leaves.MinBy(leaf => leaf.Used)!;
        var parent = leaf.Parent!;
        if (parent.Parent is null || parent.Children.Count > 1)
        {
            leaf.Sequence!.Dispose();
            Remove(leaf);
            return;
        }

        leaf.Sequence!.Truncate(parent.End);
        parent.Children.Clear();
        parent.Sequence = leaf.Sequence;
        _leaves[_leaves.IndexOf(leaf)] = parent;
        _tokens -= leaf.Tokens.Length;
    }

    // With all above that leads nowhere else.
    private void Remove(PrefixNode leaf)
    {
        _leaves.Remove(leaf);
        for (var node = leaf; node.Parent is { } parent; node = parent)
        {
            _tokens -= node.Tokens.Length;
            parent.Children.Remove(node);
            if (parent.Children.Count > 0) break;
        }

        if (_roots.Count > 1)
        {
            foreach (var (key, _) in _roots.Where(root => root.Value.Children.Count == 0).ToList()) _roots.Remove(key);
        }
    }
}
