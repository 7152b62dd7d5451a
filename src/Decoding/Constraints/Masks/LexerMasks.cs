using System.Numerics.Tensors;

namespace Decant.Decoding;

/// <summary>Makes <see cref="LexerMask"/>s. Serves one caller at a time.</summary>
internal sealed class LexerMasks(Lexer lexer, VocabularySlices slices)
{
    private readonly TextRun[] _runs = [.. TextClass.All.Select(text => new TextRun(lexer, text))];
    private readonly List<LexerState> _path = [];

    /// <summary>The mask of a state. Tokens of a class are looked at only where some text of the class is refused.</summary>
    public LexerMask Make(LexerState state)
    {
        var ended = new HashSet<LexerState>();
        List<TokenTrie> unseen = [];
        var inside = new ulong[slices.Words];
        var length = 0;
        foreach (var (slice, run) in slices.Texts.Zip(_runs))
        {
            // What is allowed of a class is allowed of those within it.
            if (length < int.MaxValue) length = run.Length(state, ended);
            if (length >= TextSlice.MaxShort) Skip(slice.Short, slice.ShortMask);
            if (length == int.MaxValue) Skip(slice.Long, slice.LongMask);
        }

        var mask = new LexerMask { Inside = inside, Leaving = [], Unseen = unseen, LeavingUnseen = ended };
        foreach (var trie in slices.Tries)
        {
            if (!unseen.Contains(trie)) Walk(trie, state, mask);
        }

        return mask;

        void Skip(TokenTrie trie, ulong[] tokens)
        {
            unseen.Add(trie);
            TensorPrimitives.BitwiseOr(inside, tokens, inside);
        }
    }

    /// <summary>Looks at the unseen tokens after all, for where terminals end in them.</summary>
    public void AddUnseen(LexerState state, LexerMask mask)
    {
        foreach (var trie in mask.Unseen) Walk(trie, state, mask);
        mask.Unseen = [];
    }

    private void Walk(TokenTrie trie, LexerState start, LexerMask mask)
    {
        _path.Clear();
        _path.Add(start);
        for (var node = 0; node < trie.Count;)
        {
            var depth = trie.Depth(node);
            var state = lexer.Next(_path[depth - 1], trie.Byte(node));
            if (state == LexerState.Dead)
            {
                node = trie.End(node);
                continue;
            }

            trie.Mark(node, mask.Inside);
            if (state.Ended.Length > 0 && trie.End(node) > node + 1)
            {
                if (!mask.Leaving.TryGetValue(state, out var nodes)) mask.Leaving[state] = nodes = [];
                nodes.Add(new TrieNode(trie, node));
            }

            if (_path.Count == depth) _path.Add(state);
            else _path[depth] = state;
            node = state.GoesOn ? node + 1 : trie.End(node);
        }
    }
}
