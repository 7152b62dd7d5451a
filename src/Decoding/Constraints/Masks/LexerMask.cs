namespace Decant.Decoding;

/// <summary>What a vocabulary's tokens make of a lexer's state, whatever its row: which stay inside terminals to their end, and where others leave one.</summary>
internal sealed class LexerMask
{
    /// <summary>The tokens all of whose bytes may belong to one terminal.</summary>
    public required ulong[] Inside { get; init; }

    /// <summary>Where terminals may end with bytes of a token left: nodes of a trie, by the lexer's state there.</summary>
    public required Dictionary<LexerState, List<TrieNode>> Leaving { get; init; }

    /// <summary>What it takes of memory, about.</summary>
    public long Bytes => (Inside.Length * sizeof(ulong)) + Leaving.Values.Sum(nodes => 16L * nodes.Count);

    /// <summary>Plain tokens that were not looked at one by one: all are inside.</summary>
    public required IReadOnlyList<TokenTrie> Unseen { get; set; }

    /// <summary>Where terminals may end within them.</summary>
    public required IReadOnlyCollection<LexerState> LeavingUnseen { get; init; }
}

/// <summary>A node of a trie.</summary>
internal readonly record struct TrieNode(TokenTrie Trie, int Node);
