namespace Decant.Decoding;

/// <summary>Tokens by their bytes, as a tree laid flat in depth-first order: whoever walks it along an automaton passes over what the automaton refuses in one step. Immutable.</summary>
internal sealed class TokenTrie
{
    private readonly byte[] _bytes;
    private readonly ushort[] _depths;
    private readonly int[] _ends;
    private readonly int[] _tokens;

    // Tokens with the same bytes as another, by the other.
    private readonly Dictionary<int, List<int>> _alike = [];

    /// <summary>Makes the tree.</summary>
    /// <param name="vocabulary">Where the tokens' bytes come from; of more than 65,535 bytes there may be none.</param>
    /// <param name="ids">The tokens.</param>
    public TokenTrie(ITokenVocabulary vocabulary, IEnumerable<int> ids)
    {
        int[] sorted = [.. ids];
        Array.Sort(sorted, (left, right) => vocabulary.Bytes(left).SequenceCompareTo(vocabulary.Bytes(right)));
        List<byte> bytes = [];
        List<ushort> depths = [];
        List<int> ends = [], tokens = [];
        var open = new Stack<int>();
        var previous = -1;
        foreach (var id in sorted)
        {
            var text = vocabulary.Bytes(id);
            var common = previous < 0 ? 0 : text.CommonPrefixLength(vocabulary.Bytes(previous));
            if (previous >= 0 && common == text.Length)
            {
                // In order, what begins with this token comes after it: the one before has the same bytes.
                if (!_alike.TryGetValue(tokens[^1], out var alike)) _alike[tokens[^1]] = alike = [];
                alike.Add(id);
                continue;
            }

            while (open.Count > common) ends[open.Pop()] = bytes.Count;
            for (var depth = common; depth < text.Length; depth++)
            {
                open.Push(bytes.Count);
                bytes.Add(text[depth]);
                depths.Add((ushort)(depth + 1));
                ends.Add(0);
                tokens.Add(depth == text.Length - 1 ? id : -1);
            }

            previous = id;
        }

        while (open.TryPop(out var node)) ends[node] = bytes.Count;
        (_bytes, _depths, _ends, _tokens) = ([.. bytes], [.. depths], [.. ends], [.. tokens]);
    }

    /// <summary>Number of nodes; they are 0 … <see cref="Count"/> − 1, each followed by those below it.</summary>
    public int Count => _bytes.Length;

    /// <summary>The last byte of a node.</summary>
    public byte Byte(int node) => _bytes[node];

    /// <summary>How many bytes lead to a node; at least 1.</summary>
    public int Depth(int node) => _depths[node];

    /// <summary>The first node that is not below a node.</summary>
    public int End(int node) => _ends[node];

    /// <summary>A token that ends at a node, or −1.</summary>
    public int Token(int node) => _tokens[node];

    /// <summary>Sets the bits of the tokens that end at a node.</summary>
    public void Mark(int node, ulong[] mask)
    {
        var token = _tokens[node];
        if (token < 0) return;
        TokenMask.Set(mask, token);
        if (_alike.Count == 0 || !_alike.TryGetValue(token, out var alike)) return;
        foreach (var other in alike) TokenMask.Set(mask, other);
    }

    /// <summary>The node that bytes lead to, or −1.</summary>
    public int Find(ReadOnlySpan<byte> bytes)
    {
        var (node, end, found) = (0, Count, -1);
        foreach (var value in bytes)
        {
            while (node < end && _bytes[node] != value) node = _ends[node];
            if (node >= end) return -1;
            (found, end, node) = (node, _ends[node], node + 1);
        }

        return found;
    }

    /// <summary>The longest token that bytes begin with, or −1.</summary>
    public int Longest(ReadOnlySpan<byte> bytes)
    {
        var (node, end, longest) = (0, Count, -1);
        foreach (var value in bytes)
        {
            while (node < end && _bytes[node] != value) node = _ends[node];
            if (node >= end) break;
            if (_tokens[node] >= 0) longest = _tokens[node];
            (end, node) = (_ends[node], node + 1);
        }

        return longest;
    }
}
